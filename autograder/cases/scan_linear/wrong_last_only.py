"""Only the last state is returned. hs holds all of them."""
import numpy as np


def scan_linear(a, b, h0):
    h, hs = h0, []
    for a_t, b_t in zip(a, b):
        h = a_t * h + b_t
        hs.append(h)
    return h
