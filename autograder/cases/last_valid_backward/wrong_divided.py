"""The gradient is divided by the length. That would be the mean."""
import numpy as np


def last_valid_backward(dout, lengths, T):
    B, H = dout.shape
    dhs = np.zeros((T, B, H))
    dhs[lengths - 1, np.arange(B)] = dout / lengths[:, None]
    return dhs
