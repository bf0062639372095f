"""Magnitudes are compared, so a gradient of the wrong sign passes."""
import numpy as np


def gradcheck(f, backward, x, dout, eps):
    n = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        n[i] = np.sum(dout * (f(x + step) - f(x - step))) / (2 * eps)
    scale = np.abs(n).max() or 1.0
    return np.abs(np.abs(backward(x, dout)) - np.abs(n)).max() / scale
