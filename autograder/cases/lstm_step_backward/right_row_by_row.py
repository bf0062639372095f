"""One sequence of the batch at a time, with outer products."""

def lstm_step_backward(dh, dC, cache):
    x, h, C, P, i, f, g, o, m = cache
    dP = {key: np.zeros(value.shape) for key, value in P.items()}
    dx, dh_prev, dC_prev = np.zeros(x.shape), np.zeros(h.shape), np.zeros(C.shape)
    for k in range(len(x)):
        dc = dC[k] + dh[k] * o[k] * (1 - m[k] ** 2)
        parts = {
            "i": dc * g[k] * i[k] * (1 - i[k]),
            "f": dc * C[k] * f[k] * (1 - f[k]),
            "g": dc * i[k] * (1 - g[k] ** 2),
            "o": dh[k] * m[k] * o[k] * (1 - o[k]),
        }
        dC_prev[k] = dc * f[k]
        for q, d in parts.items():
            dP["V_" + q] += np.outer(d, x[k])
            dP["W_" + q] += np.outer(d, h[k])
            dP["b_" + q] += d
            dx[k] += P["V_" + q].T @ d
            dh_prev[k] += P["W_" + q].T @ d
    return dx, dh_prev, dC_prev, dP
