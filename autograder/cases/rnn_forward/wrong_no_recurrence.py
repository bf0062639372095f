"""Every step starts from h0: the new state is never carried to the next step."""
import numpy as np


def rnn_forward(x, h0, V, W, b):
    return np.array([np.tanh(x[t] @ V.T + h0 @ W.T + b) for t in range(len(x))]), None
