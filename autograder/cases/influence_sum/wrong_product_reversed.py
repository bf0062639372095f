"""The product runs in the wrong order. Matrices do not commute: the later Jacobian stands on the left."""
import numpy as np


def influence_sum(cache, t):
    x, h0, hs, V, W = cache
    s = np.concatenate([h0[None], hs])
    J = lambda k: (1 - s[k] ** 2)[:, :, None] * W
    B, H = h0.shape
    total = np.zeros((B, H, H, H))
    for k in range(t, 0, -1):
        product = np.broadcast_to(np.eye(H), (B, H, H))
        for m in range(t, k, -1):
            product = J(m) @ product
        total += np.einsum("bip,bp,bq->bipq", product, 1 - s[k] ** 2, s[k - 1])
    return total
