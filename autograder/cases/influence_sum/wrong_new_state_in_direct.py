"""The direct derivative uses h_k. W multiplied h_{k-1} at step k."""
import numpy as np


def influence_sum(cache, t):
    x, h0, hs, V, W = cache
    s = np.concatenate([h0[None], hs])
    B, H = h0.shape
    total, product = np.zeros((B, H, H, H)), np.broadcast_to(np.eye(H), (B, H, H))
    for k in range(t, 0, -1):
        total += np.einsum("bip,bp,bq->bipq", product, 1 - s[k] ** 2, s[k])
        product = product @ ((1 - s[k] ** 2)[:, :, None] * W)
    return total
