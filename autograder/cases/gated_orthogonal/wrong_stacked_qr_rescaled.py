"""One decomposition of the stacked matrix, times the root of the number of gates: the blocks have the right length on average, but are not orthogonal."""
import numpy as np


def gated_orthogonal(H, n_gates, rng):
    blocks = []
    tall, R = np.linalg.qr(rng.normal(size=(n_gates * H, H)))
    tall = tall * np.sign(np.diag(R)) * np.sqrt(n_gates)
    for k in range(n_gates):
        blocks.append(tall[k * H : (k + 1) * H])
    return np.concatenate(blocks)
