"""The growth in the first step is left out."""
import numpy as np


def lyapunov(W, V, b, x, v):
    h, total = np.zeros(len(b)), 0.0
    v = v / np.linalg.norm(v)
    for x_t in x:
        h = np.tanh(W @ h + V @ x_t + b)
        v = (1 - h**2) * (W @ v)
        length = np.linalg.norm(v)
        total += np.log(length) if h is not None and (x_t is not x[0] and not np.shares_memory(x_t, x[0])) else 0.0
        v = v / length
    return total / len(x)
