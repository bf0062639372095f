"""A piece was cut from a square orthogonal matrix, the wrong way round: neither rows nor columns of the piece have length one."""
import numpy as np


def orthogonal(shape, rng, gain=1.0):
    rows, columns = shape
    A = rng.normal(size=(max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(A)
    Q = Q * np.sign(np.diag(R))
    n = max(shape) + 1
    Q, R = np.linalg.qr(rng.normal(size=(n, n)))
    return gain * Q[:rows, :columns]
