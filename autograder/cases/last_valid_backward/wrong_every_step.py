"""The gradient goes to every real step. Only the last of them was used."""
import numpy as np


def last_valid_backward(dout, lengths, T):
    B, H = dout.shape
    dhs = np.zeros((T, B, H))
    for b, n in enumerate(lengths):
        dhs[:n, b] = dout[b]
    return dhs
