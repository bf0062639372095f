"""Only the direct term is there: W also acted at every earlier step, and each of those acts on h_t through the later ones.

Diagnosis: wrong_direct_only
"""

def influence_sum(cache, t):
    x, h0, hs, V, W = cache
    B, H = h0.shape
    before, now = (h0 if t == 1 else hs[t - 2]), hs[t - 1]
    out = np.zeros((B, H, H, H))
    for i in range(H):
        out[:, i, i, :] = (1 - now[:, i : i + 1] ** 2) * before
    return out
