"""Two steps are joined in the wrong order: first (a1, b1) and then (a2, b2) is (a1 a2, a2 b1 + b2)."""
import numpy as np


def scan_linear(a, b, h0):
    A, B = np.ones_like(h0), np.zeros_like(h0)
    hs = []
    for a_t, b_t in zip(a, b):
        A, B = A * a_t, A * b_t + B
        hs.append(A * h0 + B)
    return np.array(hs)
