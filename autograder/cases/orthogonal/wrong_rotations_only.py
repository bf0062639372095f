"""All determinants are 1: reflections are never drawn."""
import numpy as np


def orthogonal(shape, rng, gain=1.0):
    rows, columns = shape
    A = rng.normal(size=(max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(A)
    Q = Q * np.sign(np.diag(R))
    if rows == columns and np.linalg.det(Q) < 0:
        Q[:, 0] = -Q[:, 0]
    return gain * (Q if rows >= columns else Q.T)
