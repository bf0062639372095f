"""The blocks are drawn from a normal law, not orthogonal."""
import numpy as np


def gated_orthogonal(H, n_gates, rng):
    blocks = []
    for _ in range(n_gates):
        Q, R = np.linalg.qr(rng.normal(size=(H, H)))
        blocks.append(Q @ R / np.sqrt(H))
    return np.concatenate(blocks)
