"""All steps of hs are equal: the same array was stored T times and overwritten. Store a copy, or a new array, at each step."""
import numpy as np


def rnn_forward(x, h0, V, W, b):
    h, hs = np.array(h0), []
    for t in range(len(x)):
        h[:] = np.tanh(x[t] @ V.T + h @ W.T + b)
        hs.append(h)
    return np.array(hs), None
