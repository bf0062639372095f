"""The gradient is one at the last valid step. It is what arrived there."""
import numpy as np


def last_valid_backward(dout, lengths, T):
    B, H = dout.shape
    dhs = np.zeros((T, B, H))
    dhs[lengths - 1, np.arange(B)] = 1
    return dhs
