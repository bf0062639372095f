"""The signs that the QR decomposition chooses were not mended: not every matrix is as likely as any other."""
import numpy as np


def orthogonal(shape, rng, gain=1.0):
    rows, columns = shape
    A = rng.normal(size=(max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(A)
    return gain * (Q if rows >= columns else Q.T)
