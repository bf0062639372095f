"""Node by node: through the quotient, the root, the variance and the mean."""

import numpy as np


def layer_norm_step_backward(dh_next, cache):
    x, h, h_next, n, s, V, W, gamma = cache
    H = h.shape[1]
    da = (1 - h_next**2) * dh_next
    dn = da * gamma
    centred = n * s
    dcentred = dn / s
    ds = -(dn * centred).sum(axis=1, keepdims=True) / s**2
    dvariance = ds / (2 * s)
    dcentred = dcentred + dvariance * 2 * centred / H
    dm = -dcentred.sum(axis=1, keepdims=True)
    dz = dcentred + dm / H
    return dz @ V, dz @ W, dz.T @ x, dz.T @ h, np.sum(da * n, axis=0), np.sum(da, axis=0)
