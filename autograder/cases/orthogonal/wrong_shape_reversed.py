"""The matrix has the shape (columns, rows)."""
import numpy as np


def orthogonal(shape, rng, gain=1.0):
    rows, columns = shape
    A = rng.normal(size=(max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(A)
    Q = Q * np.sign(np.diag(R))
    return gain * (Q.T if rows >= columns else Q)
