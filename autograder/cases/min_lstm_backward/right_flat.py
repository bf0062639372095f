"""Time and batch as one axis, the three blocks side by side."""


def min_lstm_backward(dhs, cache):
    x, h0, P, log_f, log_i, n, keep, hs = cache
    T, B, H = hs.shape
    dh = np.array(dhs, dtype=float)
    for t in range(T - 2, -1, -1):
        dh[t] += keep[t + 1] * dh[t + 1]
    before = np.vstack([h0[None], hs])[:T]
    share = dh * (before - n) * keep * (1 - keep)
    blocks = np.concatenate([share * (1 - np.exp(log_f)), share * (np.exp(log_i) - 1), dh * (1 - keep)], axis=2)
    flat, rows = blocks.reshape(T * B, 3 * H), x.reshape(T * B, -1)
    V = np.vstack([P["V_f"], P["V_i"], P["V_n"]])
    dP = {}
    for q, dV, db in zip("fin", np.split(flat.T @ rows, 3), np.split(flat.sum(axis=0), 3)):
        dP["V_" + q], dP["b_" + q] = dV, db
    return (flat @ V).reshape(x.shape), keep[0] * dh[0], dP
