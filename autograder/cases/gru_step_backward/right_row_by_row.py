"""One sequence of the batch at a time, with outer products."""

def gru_step_backward(dh_next, cache):
    x, h, P, reset, z_keeps, r, z, n, q = cache
    dP = {key: np.zeros_like(value) for key, value in P.items()}
    dx, dh = np.zeros_like(x), np.zeros_like(h)
    for b in range(len(x)):
        share = 1 - z[b] if z_keeps == "old" else z[b]
        sign = 1.0 if z_keeps == "old" else -1.0
        an = dh_next[b] * share * (1 - n[b] ** 2)
        az = sign * dh_next[b] * (h[b] - n[b]) * z[b] * (1 - z[b])
        dh[b] = dh_next[b] * (1 - share)
        if reset == "after":
            ar = an * q[b] * r[b] * (1 - r[b])
            dh[b] += P["W_n"].T @ (an * r[b])
            dP["W_n"] += np.outer(an * r[b], h[b])
            dP["b_hn"] += an * r[b]
        else:
            dq = P["W_n"].T @ an
            ar = dq * h[b] * r[b] * (1 - r[b])
            dh[b] += dq * r[b]
            dP["W_n"] += np.outer(an, r[b] * h[b])
        dh[b] += P["W_r"].T @ ar + P["W_z"].T @ az
        dx[b] = P["V_r"].T @ ar + P["V_z"].T @ az + P["V_n"].T @ an
        for key, da in (("r", ar), ("z", az)):
            dP["W_" + key] += np.outer(da, h[b])
            dP["V_" + key] += np.outer(da, x[b])
            dP["b_" + key] += da
        dP["V_n"] += np.outer(an, x[b])
        dP["b_in"] += an
    return dx, dh, dP
