"""dh uses W where its transpose belongs: backward through `h @ W.T` is `dz @ W`."""
import numpy as np


def rnn_step_backward(dh_next, cache):
    x, h, h_next, V, W = cache
    dz = (1 - h_next**2) * dh_next
    return dz @ V, dz @ W.T, dz.T @ x, dz.T @ h, dz.sum(axis=0)
