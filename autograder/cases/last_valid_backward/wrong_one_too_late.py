"""The gradient goes to the step after the last real one."""
import numpy as np


def last_valid_backward(dout, lengths, T):
    B, H = dout.shape
    dhs = np.zeros((T, B, H))
    dhs[np.minimum(lengths, T - 1), np.arange(B)] = dout
    return dhs
