"""W is used where its transpose belongs: the row code of W h is `h @ W.T`."""
import numpy as np


def rnn_forward(x, h0, V, W, b):
    h, hs = h0, []
    for t in range(len(x)):
        h = np.tanh(x[t] @ V.T + h @ W + b)
        hs.append(h)
    return np.array(hs), None
