"""hs is one step late: it holds h_0 to h_{T-1} instead of h_1 to h_T."""
import numpy as np


def rnn_forward(x, h0, V, W, b):
    hs = [h0]
    for t in range(len(x)):
        hs.append(np.tanh(x[t] @ V.T + hs[-1] @ W.T + b))
    return np.array(hs[:-1]), None
