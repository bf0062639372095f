"""Only the sums of the two gradients are compared: errors that cancel go unseen."""
import numpy as np


def gradcheck(f, backward, x, dout, eps):
    n = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        n[i] = np.sum(dout * (f(x + step) - f(x - step))) / (2 * eps)
    return abs(backward(x, dout).sum() - n.sum()) / (abs(n.sum()) or 1.0)
