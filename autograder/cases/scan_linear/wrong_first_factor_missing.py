"""The first factor is missing: h0 goes into the first state as it is."""
import numpy as np


def scan_linear(a, b, h0):
    h, hs = h0 + b[0], [h0 + b[0]]
    for a_t, b_t in zip(a[1:], b[1:]):
        h = a_t * h + b_t
        hs.append(h)
    return np.stack(hs)
