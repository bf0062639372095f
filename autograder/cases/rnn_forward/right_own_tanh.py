"""Its own tanh, with one exponential."""
import numpy as np


def rnn_forward(x, h0, V, W, b):
    hs, h = np.zeros((*x.shape[:2], len(b))), h0
    for t in range(len(x)):
        e = np.exp(-2 * (x[t] @ V.T + h @ W.T + b))
        hs[t] = h = (1 - e) / (1 + e)
    return hs, (x, h0, hs, V, W)
