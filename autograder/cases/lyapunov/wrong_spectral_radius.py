"""At each step the spectral radius of the Jacobian is taken: eigenvalues of factors do not give those of a product."""
import numpy as np


def lyapunov(W, V, b, x, v):
    h, total = np.zeros(len(b)), 0.0
    v = v / np.linalg.norm(v)
    for x_t in x:
        h = np.tanh(W @ h + V @ x_t + b)
        v = (1 - h**2) * (W @ v)
        length = np.abs(np.linalg.eigvals((1 - h**2)[:, None] * W)).max()
        total += np.log(length)
        v = v / length
    return total / len(x)
