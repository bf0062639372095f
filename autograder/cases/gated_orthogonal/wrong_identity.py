"""The blocks are the identity: orthogonal, but not random."""
import numpy as np


def gated_orthogonal(H, n_gates, rng):
    blocks = []
    for _ in range(n_gates):
        Q, R = np.linalg.qr(rng.normal(size=(H, H)))
        blocks.append(np.eye(H))
    return np.concatenate(blocks)
