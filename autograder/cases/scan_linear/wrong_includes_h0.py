"""hs begins with h0 and lacks the last state. hs[0] is the state after the first step."""
import numpy as np


def scan_linear(a, b, h0):
    h, hs = h0, []
    for a_t, b_t in zip(a, b):
        h = a_t * h + b_t
        hs.append(h)
    return np.stack([h0, *hs[:-1]])
