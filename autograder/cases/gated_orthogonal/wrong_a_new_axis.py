"""The gates got an axis of their own: the result is one matrix of n_gates H rows."""
import numpy as np


def gated_orthogonal(H, n_gates, rng):
    blocks = []
    for _ in range(n_gates):
        Q, R = np.linalg.qr(rng.normal(size=(H, H)))
        blocks.append(Q * np.sign(np.diag(R)))
    return np.stack(blocks)
