"""The length of v itself is counted as growth: divide by it first."""
import numpy as np


def lyapunov(W, V, b, x, v):
    h, total = np.zeros(len(b)), 0.0
    v = 1.0 * v
    for x_t in x:
        h = np.tanh(W @ h + V @ x_t + b)
        v = (1 - h**2) * (W @ v)
        length = np.linalg.norm(v)
        total += np.log(length)
        v = v / length
    return total / len(x)
