"""dout is left out of the difference: sum(dout * f(x)) is the function whose gradient is claimed."""
import numpy as np


def gradcheck(f, backward, x, dout, eps):
    n = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        n[i] = np.sum(f(x + step) - f(x - step)) / (2 * eps)
    scale = np.abs(n).max() or 1.0
    return np.abs(backward(x, dout) - n).max() / scale
