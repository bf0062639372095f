"""The entries are drawn from a normal law: on average of the right length, but not orthogonal."""
import numpy as np


def orthogonal(shape, rng, gain=1.0):
    rows, columns = shape
    A = rng.normal(size=(max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(A)
    Q = Q * np.sign(np.diag(R))
    return gain * rng.normal(size=shape) / np.sqrt(max(shape))
