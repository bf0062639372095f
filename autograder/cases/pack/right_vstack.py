"""By vstack and hstack."""

def pack(P, order="ifgo"):
    V = np.vstack([P["V_" + q] for q in order])
    W = np.vstack([P["W_" + q] for q in order])
    b = np.hstack([P["b_" + q] for q in order])
    return V, W, b
