"""A wide matrix cannot have orthonormal columns: its rows have to be."""
import numpy as np


def orthogonal(shape, rng, gain=1.0):
    rows, columns = shape
    A = rng.normal(size=(max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(A)
    Q = Q * np.sign(np.diag(R))
    if rows < columns:
        return gain * A.T / np.linalg.norm(A.T, axis=0)
    return gain * Q
