"""Grows each matrix block by block."""

def pack(P, order="ifgo"):
    V, W, b = P["V_" + order[0]], P["W_" + order[0]], P["b_" + order[0]]
    for q in order[1:]:
        V = np.r_[V, P["V_" + q]]
        W = np.r_[W, P["W_" + q]]
        b = np.append(b, P["b_" + q])
    return V, W, b
