"""The last step lacks tanh."""
import numpy as np


def rnn_forward(x, h0, V, W, b):
    h, hs = h0, []
    for t in range(len(x)):
        h = x[t] @ V.T + h @ W.T + b
        if t < len(x) - 1:
            h = np.tanh(h)
        hs.append(h)
    return np.array(hs), None
