"""The product is formed whole, and leaves the range of floating point numbers: bring the vector back to length one at every step."""
import numpy as np


def lyapunov(W, V, b, x, v):
    h, total = np.zeros(len(b)), 0.0
    v = v / np.linalg.norm(v)
    for x_t in x:
        h = np.tanh(W @ h + V @ x_t + b)
        v = (1 - h**2) * (W @ v)
    return np.log(np.linalg.norm(v)) / len(x)
