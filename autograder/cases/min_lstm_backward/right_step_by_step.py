"""Step by step, the share as a quotient of exponentials made stable by hand."""


def min_lstm_backward(dhs, cache):
    x, h0, P, log_f, log_i, n, keep, hs = cache
    dP = {key: np.zeros_like(value) for key, value in P.items()}
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    for t in range(len(x) - 1, -1, -1):
        dh = dh + dhs[t]
        before = hs[t - 1] if t > 0 else h0
        dkeep = np.sum([dh * before, -dh * n[t]], axis=0)
        dlog = dkeep * keep[t] - dkeep * keep[t] ** 2
        steps = {"f": dlog - dlog * np.exp(log_f[t]), "i": dlog * np.exp(log_i[t]) - dlog, "n": dh - dh * keep[t]}
        for gate, dz in steps.items():
            dP[f"V_{gate}"] += dz.T @ x[t]
            dP[f"b_{gate}"] += np.sum(dz, axis=0)
            dx[t] += dz @ P[f"V_{gate}"]
        dh = dh * keep[t]
    return dx, dh, dP
