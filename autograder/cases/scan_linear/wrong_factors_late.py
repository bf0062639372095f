"""The factor is one step late: the state before step t is multiplied by a of step t - 1."""
import numpy as np


def scan_linear(a, b, h0):
    h, hs = h0, []
    for t in range(len(a)):
        h = (a[t - 1] if t > 0 else a[0]) * h + b[t]
        hs.append(h)
    return np.array(hs)
