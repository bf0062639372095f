"""W is used where its transpose belongs: the row code of W h is `h @ W.T`."""
import numpy as np


def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
