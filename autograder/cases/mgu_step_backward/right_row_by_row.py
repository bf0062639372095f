"""One row of the batch after the other, with outer products."""


def mgu_step_backward(dh_next, cache):
    x, h, P, f, n = cache
    dx, dh = np.zeros(x.shape), np.zeros(h.shape)
    dP = {key: np.zeros(P[key].shape) for key in P}
    for b in range(len(x)):
        dn = dh_next[b] * f[b] * (1 - n[b] ** 2)
        ds = P["W_n"].T @ dn
        df = (dh_next[b] * (n[b] - h[b]) + ds * h[b]) * f[b] * (1 - f[b])
        dx[b] = P["V_n"].T @ dn + P["V_f"].T @ df
        dh[b] = (1 - f[b]) * dh_next[b] + f[b] * ds + P["W_f"].T @ df
        for q, d, s in (("n", dn, f[b] * h[b]), ("f", df, h[b])):
            dP["V_" + q] += np.outer(d, x[b])
            dP["W_" + q] += np.outer(d, s)
            dP["b_" + q] += d
    return dx, dh, dP
