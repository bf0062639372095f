"""The state is set to zero in the padding, so h_last is zero for short sequences. Hold the old state instead."""
import numpy as np


def rnn_forward_masked(x, lengths, h0, V, W, b):
    h, hs = h0, []
    for t in range(len(x)):
        h = np.tanh(x[t] @ V.T + h @ W.T + b) * (t < lengths)[:, None]
        hs.append(h)
    return np.array(hs), h
