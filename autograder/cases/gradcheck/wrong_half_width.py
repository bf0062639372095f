"""The difference is divided by eps: the two points lie 2 eps apart."""
import numpy as np


def gradcheck(f, backward, x, dout, eps):
    n = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        n[i] = np.sum(dout * (f(x + step) - f(x - step))) / eps
    scale = np.abs(n).max() or 1.0
    return np.abs(backward(x, dout) - n).max() / scale
