"""At each step the norm of the Jacobian is taken. The norm of a product is not the product of the norms."""
import numpy as np


def lyapunov(W, V, b, x, v):
    h, total = np.zeros(len(b)), 0.0
    v = v / np.linalg.norm(v)
    for x_t in x:
        h = np.tanh(W @ h + V @ x_t + b)
        v = (1 - h**2) * (W @ v)
        length = np.linalg.norm((1 - h**2)[:, None] * W, 2)
        total += np.log(length)
        v = v / length
    return total / len(x)
