"""The gradient goes to the step before the last real one."""
import numpy as np


def last_valid_backward(dout, lengths, T):
    B, H = dout.shape
    dhs = np.zeros((T, B, H))
    dhs[np.maximum(lengths - 2, 0), np.arange(B)] = dout
    return dhs
