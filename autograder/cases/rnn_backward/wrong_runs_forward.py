"""The loop runs forward in time. The gradient of a state needs that of its successor first, so begin at T."""
import numpy as np


def rnn_backward(dhs, cache):
    x, h0, hs, V, W = cache
    prev, dz, carry = np.concatenate([h0[None], hs[:-1]]), np.zeros_like(hs), np.zeros_like(h0)
    for t in range(len(x)):
        dz[t] = (1 - hs[t] ** 2) * (dhs[t] + carry)
        carry = dz[t] @ W
    return dz @ V, carry, np.einsum("tbh,tbd->hd", dz, x), np.einsum("tbh,tbk->hk", dz, prev), dz.sum((0, 1))
