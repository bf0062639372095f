"""A function that does not depend on x gives 0 / 0. Where the numerical gradient is zero throughout, return max|a|."""
import numpy as np


def gradcheck(f, backward, x, dout, eps):
    n = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        n[i] = np.sum(dout * (f(x + step) - f(x - step))) / (2 * eps)
    return np.abs(backward(x, dout) - n).max() / np.abs(n).max()
