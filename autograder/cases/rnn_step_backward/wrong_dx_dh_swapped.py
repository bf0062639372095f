"""dx and dh are swapped in the result: the order is (dx, dh, dV, dW, db)."""
import numpy as np


def rnn_step_backward(dh_next, cache):
    x, h, h_next, V, W = cache
    dz = (1 - h_next**2) * dh_next
    return dz @ W, dz @ V, dz.T @ x, dz.T @ h, dz.sum(axis=0)
