"""Writes each block into its rows."""

def pack(P, order="ifgo"):
    H, D = P["V_i"].shape
    V, W, b = np.empty((4 * H, D)), np.empty((4 * H, H)), np.empty(4 * H)
    for k in range(4):
        q = order[k]
        V[k * H : (k + 1) * H, :] = P["V_" + q]
        W[k * H : (k + 1) * H, :] = P["W_" + q]
        b[k * H : (k + 1) * H] = P["b_" + q]
    return V, W, b
