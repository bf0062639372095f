"""All V in one draw; signs mended by a diagonal matrix."""

def init_lstm(D, H, rng, forget_bias=1.0):
    bound = np.sqrt(6.0) / np.sqrt(D + H)
    V = rng.uniform(-1, 1, (4, H, D)) * bound
    P = {"b_" + q: np.zeros(H) for q in "igo"}
    P["b_f"] = np.ones(H) * forget_bias
    for q, block in zip("ifgo", V):
        Q, R = np.linalg.qr(rng.standard_normal((H, H)))
        P["W_" + q] = Q @ np.diag(np.where(np.diag(R) < 0, -1.0, 1.0))
        P["V_" + q] = block
    return P
