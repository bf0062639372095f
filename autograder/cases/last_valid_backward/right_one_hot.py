"""By a product with a one-hot mask."""
import numpy as np


def last_valid_backward(dout, lengths, T):
    return np.eye(T)[:, lengths - 1][:, :, None] * dout
