"""Time runs backward: the recurrence begins at the last step."""
import numpy as np


def scan_linear(a, b, h0):
    h, hs = h0, []
    for a_t, b_t in zip(a[::-1], b[::-1]):
        h = a_t * h + b_t
        hs.insert(0, h)
    return np.stack(hs)
