"""All entries are moved at once: that gives one directional derivative, not one for each entry."""
import numpy as np


def gradcheck(f, backward, x, dout, eps):
    slope = np.sum(dout * (f(x + eps) - f(x - eps))) / (2 * eps)
    n = np.full_like(x, slope)
    return np.abs(backward(x, dout) - n).max() / (np.abs(n).max() or 1.0)
