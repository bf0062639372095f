"""The signs that the QR decomposition chooses were not mended."""
import numpy as np


def gated_orthogonal(H, n_gates, rng):
    blocks = []
    for _ in range(n_gates):
        Q, R = np.linalg.qr(rng.normal(size=(H, H)))
        blocks.append(Q)
    return np.concatenate(blocks)
