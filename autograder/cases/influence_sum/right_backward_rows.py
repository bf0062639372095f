"""Walks back once for each unit, with a row vector."""

def influence_sum(cache, t):
    x, h0, hs, V, W = cache
    B, H = h0.shape
    out = np.zeros((B, H, H, H))
    for i in range(H):
        row = np.zeros((B, H))
        row[:, i] = 1
        for k in range(t, 0, -1):
            dz = row * (1 - hs[k - 1] ** 2)
            out[:, i] += dz[:, :, None] * (hs[k - 2] if k > 1 else h0)[:, None, :]
            row = dz @ W
    return out
