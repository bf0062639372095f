"""The numbers come from a generator of its own, not from rng: every call gives the same matrix."""
import numpy as np


def gated_orthogonal(H, n_gates, rng):
    blocks, rng = [], np.random.default_rng(0)
    for _ in range(n_gates):
        Q, R = np.linalg.qr(rng.normal(size=(H, H)))
        blocks.append(Q * np.sign(np.diag(R)))
    return np.concatenate(blocks)
