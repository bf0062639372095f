"""The vector goes through the transpose of W: this is the way of a gradient back."""
import numpy as np


def lyapunov(W, V, b, x, v):
    h, total = np.zeros(len(b)), 0.0
    v = v / np.linalg.norm(v)
    for x_t in x:
        h = np.tanh(W @ h + V @ x_t + b)
        v = (1 - h**2) * (W.T @ v)
        length = np.linalg.norm(v)
        total += np.log(length)
        v = v / length
    return total / len(x)
