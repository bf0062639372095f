"""The difference is taken in float32: rounding swallows it."""
import numpy as np


def gradcheck(f, backward, x, dout, eps):
    n = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        up, down = np.float32(f(x + step)), np.float32(f(x - step))
        n[i] = np.sum(dout * (up - down)) / (2 * eps)
    scale = np.abs(n).max() or 1.0
    return np.abs(backward(x, dout) - n).max() / scale
