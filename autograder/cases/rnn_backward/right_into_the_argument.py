"""Adds what the successor sends to dhs itself."""
import numpy as np


def rnn_backward(dhs, cache):
    x, h0, hs, V, W = cache
    dz = np.zeros_like(hs)
    for t in range(len(x) - 1, -1, -1):
        dz[t] = dhs[t] * (1 - hs[t] ** 2)
        if t > 0:
            dhs[t - 1] += dz[t] @ W
    before = np.concatenate([h0[None], hs[:-1]])
    dV, dW = np.tensordot(dz, x, ((0, 1), (0, 1))), np.tensordot(dz, before, ((0, 1), (0, 1)))
    return dz @ V, dz[0] @ W, dV, dW, dz.sum((0, 1))
