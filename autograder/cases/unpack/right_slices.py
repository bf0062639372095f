"""By slices of rows."""

def unpack(V, W, b, order="ifgo"):
    H = W.shape[1]
    P = {}
    for k, q in enumerate(order):
        P["V_" + q] = np.array(V[k * H : (k + 1) * H])
        P["W_" + q] = np.array(W[k * H : (k + 1) * H])
        P["b_" + q] = np.array(b[k * H : (k + 1) * H])
    return P
