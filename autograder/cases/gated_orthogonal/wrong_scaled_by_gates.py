"""The blocks are divided by the root of the number of gates."""
import numpy as np


def gated_orthogonal(H, n_gates, rng):
    blocks = []
    for _ in range(n_gates):
        Q, R = np.linalg.qr(rng.normal(size=(H, H)))
        blocks.append(Q * np.sign(np.diag(R)))
    return np.concatenate(blocks) / np.sqrt(n_gates)
