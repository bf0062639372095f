"""The first step, then itself on the rest."""

def gru_step(x, h, P, reset="after", z_keeps="old"):
    r, z = (0.5 * (1 + np.tanh((x @ P["V_" + g].T + h @ P["W_" + g].T + P["b_" + g]) / 2)) for g in "rz")
    q = h @ P["W_n"].T + P["b_hn"] if reset == "after" else r * h
    n = np.tanh(x @ P["V_n"].T + P["b_in"] + (r * q if reset == "after" else q @ P["W_n"].T))
    keep = z if z_keeps == "old" else 1 - z
    return (1 - keep) * n + keep * h, (x, h, P, reset, z_keeps, r, z, n, q)


def gru_forward(x, h0, P, reset="after", z_keeps="old"):
    h, cache = gru_step(x[0], h0, P, reset, z_keeps)
    if len(x) == 1:
        return h[None], [cache]
    hs, caches = gru_forward(x[1:], h, P, reset, z_keeps)
    return np.concatenate([h[None], hs]), [cache, *caches]
