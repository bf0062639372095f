"""Written into an array of the right size."""

def gru_step(x, h, P, reset="after", z_keeps="old"):
    r, z = (0.5 * (1 + np.tanh((x @ P["V_" + g].T + h @ P["W_" + g].T + P["b_" + g]) / 2)) for g in "rz")
    q = h @ P["W_n"].T + P["b_hn"] if reset == "after" else r * h
    n = np.tanh(x @ P["V_n"].T + P["b_in"] + (r * q if reset == "after" else q @ P["W_n"].T))
    keep = z if z_keeps == "old" else 1 - z
    return (1 - keep) * n + keep * h, (x, h, P, reset, z_keeps, r, z, n, q)


def gru_forward(x, h0, P, reset="after", z_keeps="old"):
    hs, caches, h = np.empty((len(x), *h0.shape)), [], h0
    for t in range(len(x)):
        hs[t], cache = gru_step(x[t], h, P, reset, z_keeps)
        h = hs[t]
        caches.append(cache)
    return hs, caches
