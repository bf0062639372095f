"""The recursion in t instead of the sum: it is the same number."""

def influence_sum(cache, t):
    x, h0, hs, V, W = cache
    B, H = h0.shape
    G, before = np.zeros((B, H, H, H)), h0
    for k in range(t):
        slope = 1 - hs[k] ** 2
        G = np.einsum("bi,ij,bjpq->bipq", slope, W, G)
        for i in range(H):
            G[:, i, i, :] += slope[:, i, None] * before
        before = hs[k]
    return G
