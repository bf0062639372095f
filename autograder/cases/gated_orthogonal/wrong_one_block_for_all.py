"""All gates share one block: draw each anew."""
import numpy as np


def gated_orthogonal(H, n_gates, rng):
    blocks = []
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    for _ in range(n_gates):
        blocks.append(Q * np.sign(np.diag(R)))
    return np.concatenate(blocks)
