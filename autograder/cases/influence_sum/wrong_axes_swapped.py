"""The last two axes are swapped: entry [b, i, p, q] belongs to W[p, q], row p and column q."""
import numpy as np


def influence_sum(cache, t):
    x, h0, hs, V, W = cache
    s = np.concatenate([h0[None], hs])
    B, H = h0.shape
    total, product = np.zeros((B, H, H, H)), np.broadcast_to(np.eye(H), (B, H, H))
    for k in range(t, 0, -1):
        total += np.einsum("bip,bp,bq->biqp", product, 1 - s[k] ** 2, s[k - 1])
        product = product @ ((1 - s[k] ** 2)[:, :, None] * W)
    return total
