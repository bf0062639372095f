"""The bias is added twice, once with the input and once with the state. The equation has one b."""
import numpy as np


def rnn_step(x, h, V, W, b):
    h_next = np.tanh((x @ V.T + b) + (h @ W.T + b))
    return h_next, (x, h, h_next)
