"""The gradient goes to the last step of the batch. For a shorter sequence that step is padding."""
import numpy as np


def last_valid_backward(dout, lengths, T):
    B, H = dout.shape
    dhs = np.zeros((T, B, H))
    dhs[-1] = dout
    return dhs
