"""The largest signed difference is returned: where the claim is too small, the difference is negative and goes unseen."""
import numpy as np


def gradcheck(f, backward, x, dout, eps):
    n = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        n[i] = np.sum(dout * (f(x + step) - f(x - step))) / (2 * eps)
    scale = np.abs(n).max() or 1.0
    return max((backward(x, dout) - n).max() / scale, 0.0)
