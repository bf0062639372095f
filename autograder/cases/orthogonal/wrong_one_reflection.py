"""The matrix is a reflection in one random direction: orthogonal, but far from every orthogonal matrix."""
import numpy as np


def orthogonal(shape, rng, gain=1.0):
    rows, columns = shape
    A = rng.normal(size=(max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(A)
    Q = Q * np.sign(np.diag(R))
    n = max(shape)
    u = rng.normal(size=n)
    u = u / np.linalg.norm(u)
    return gain * (np.eye(n) - 2 * np.outer(u, u))[:rows, :columns]
