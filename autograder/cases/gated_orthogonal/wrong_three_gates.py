"""There are always four gates: the argument n_gates is ignored."""
import numpy as np


def gated_orthogonal(H, n_gates, rng):
    blocks = []
    for _ in range(4):
        Q, R = np.linalg.qr(rng.normal(size=(H, H)))
        blocks.append(Q * np.sign(np.diag(R)))
    return np.concatenate(blocks)
