"""The direct term, j = 0, is missing. Its product is empty, and an empty product is the identity."""
import numpy as np


def influence_sum(cache, t):
    x, h0, hs, V, W = cache
    s = np.concatenate([h0[None], hs])
    B, H = h0.shape
    total, product = np.zeros((B, H, H, H)), np.broadcast_to(np.eye(H), (B, H, H))
    for k in range(t, 0, -1):
        if k < t:
            total += np.einsum("bip,bp,bq->bipq", product, 1 - s[k] ** 2, s[k - 1])
        product = product @ ((1 - s[k] ** 2)[:, :, None] * W)
    return total
