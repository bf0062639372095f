"""The logistic function stands where tanh belongs: it gives values between 0 and 1 instead of -1 and 1."""
import numpy as np


def rnn_step(x, h, V, W, b):
    h_next = 0.5 * (1 + np.tanh(0.5 * (x @ V.T + h @ W.T + b)))
    return h_next, (x, h, h_next)
