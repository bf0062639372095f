"""h0 stands at the front of hs. hs holds h_1 to h_T only."""
import numpy as np


def rnn_forward(x, h0, V, W, b):
    hs = [h0]
    for t in range(len(x)):
        hs.append(np.tanh(x[t] @ V.T + hs[-1] @ W.T + b))
    return np.array(hs), None
