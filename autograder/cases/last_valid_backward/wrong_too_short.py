"""The result ends at the longest sequence: it has T steps."""
import numpy as np


def last_valid_backward(dout, lengths, T):
    B, H = dout.shape
    dhs = np.zeros((lengths.max(), B, H))
    dhs[lengths - 1, np.arange(B)] = dout
    return dhs
