"""One decomposition of the stacked matrix: its columns are orthonormal, its blocks are not."""
import numpy as np


def gated_orthogonal(H, n_gates, rng):
    blocks = []
    tall, R = np.linalg.qr(rng.normal(size=(n_gates * H, H)))
    tall = tall * np.sign(np.diag(R))
    for k in range(n_gates):
        blocks.append(tall[k * H : (k + 1) * H])
    return np.concatenate(blocks)
