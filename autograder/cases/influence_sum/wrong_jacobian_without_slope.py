"""The Jacobian of a step is taken as W alone. It is diag(1 - h^2) W."""
import numpy as np


def influence_sum(cache, t):
    x, h0, hs, V, W = cache
    s = np.concatenate([h0[None], hs])
    B, H = h0.shape
    total, product = np.zeros((B, H, H, H)), np.eye(H)
    for k in range(t, 0, -1):
        total += np.einsum("ip,bp,bq->bipq", product, 1 - s[k] ** 2, s[k - 1])
        product = product @ W
    return total
