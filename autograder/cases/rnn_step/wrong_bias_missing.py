"""The bias b is missing."""
import numpy as np


def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W.T)
    return h_next, (x, h, h_next)
