"""Orthogonal matrices by the singular value decomposition."""

def init_lstm(D, H, rng, forget_bias=1.0):
    s = (6 / (D + H)) ** 0.5
    P = {}
    for q in ("f", "i", "o", "g"):
        U, _, Vt = np.linalg.svd(rng.standard_normal((H, H)))
        P["W_" + q] = U @ Vt
        P["V_" + q] = s * (2 * rng.random((H, D)) - 1)
        P["b_" + q] = np.zeros(H)
    P["b_f"] += forget_bias
    return P
