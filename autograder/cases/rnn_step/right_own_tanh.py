"""Its own tanh, a ratio of exponentials."""
import numpy as np


def rnn_step(x, h, V, W, b):
    z = x @ V.T + h @ W.T + b
    h_next = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    return h_next, (x, h, h_next, V, W)
