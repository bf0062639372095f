"""The sequences were sorted by length and not put back in their order."""
import numpy as np


def rnn_forward_masked(x, lengths, h0, V, W, b):
    order = np.argsort(-lengths, kind="stable")
    h, hs = h0[order], []
    for t in range(len(x)):
        new = np.tanh(x[t][order] @ V.T + h @ W.T + b)
        h = np.where((t < lengths[order])[:, None], new, h)
        hs.append(h)
    return np.array(hs), h
