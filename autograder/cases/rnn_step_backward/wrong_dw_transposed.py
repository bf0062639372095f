"""dW is transposed: entry [i, j] belongs to unit i after the step and unit j before it."""
import numpy as np


def rnn_step_backward(dh_next, cache):
    x, h, h_next, V, W = cache
    dz = (1 - h_next**2) * dh_next
    return dz @ V, dz @ W, dz.T @ x, h.T @ dz, dz.sum(axis=0)
