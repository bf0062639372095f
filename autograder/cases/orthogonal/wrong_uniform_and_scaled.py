"""The entries are uniform and scaled, not orthogonal."""
import numpy as np


def orthogonal(shape, rng, gain=1.0):
    rows, columns = shape
    A = rng.normal(size=(max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(A)
    Q = Q * np.sign(np.diag(R))
    return gain * rng.uniform(-1, 1, size=shape) * np.sqrt(3 / max(shape))
