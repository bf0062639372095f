"""The slope is that of the state before the step. J_t has the slope at z_t."""
import numpy as np


def lyapunov(W, V, b, x, v):
    h, total = np.zeros(len(b)), 0.0
    v = v / np.linalg.norm(v)
    for x_t in x:
        v = (1 - h**2) * (W @ v)
        h = np.tanh(W @ h + V @ x_t + b)
        length = np.linalg.norm(v)
        total += np.log(length)
        v = v / length
    return total / len(x)
