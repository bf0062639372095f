"""dh has the incoming gradient added to it. There is no direct path from h to h_next beside W."""
import numpy as np


def rnn_step_backward(dh_next, cache):
    x, h, h_next, V, W = cache
    dz = (1 - h_next**2) * dh_next
    return dz @ V, dz @ W + dh_next, dz.T @ x, dz.T @ h, dz.sum(axis=0)
