"""All steps of the cache hold the last memory: one array was stored T times and overwritten. Store a copy at each step."""

def lstm_forward(x, h0, C0, P):
    h, C, hs, caches = h0, C0.copy(), [], []
    for x_t in x:
        h, new, cache = lstm_step(x_t, h, C.copy(), P)
        caches.append((cache[0], cache[1], C, *cache[3:]))
        C[...] = new
        hs.append(h)
    return np.stack(hs), C, caches
