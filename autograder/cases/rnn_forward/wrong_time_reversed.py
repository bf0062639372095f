"""Time runs backward: the last input is read first."""
import numpy as np


def rnn_forward(x, h0, V, W, b):
    h, hs = h0, []
    for t in reversed(range(len(x))):
        h = np.tanh(x[t] @ V.T + h @ W.T + b)
        hs.append(h)
    return np.array(hs), None
