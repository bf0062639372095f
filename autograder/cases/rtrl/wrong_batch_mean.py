"""The rows of the batch are averaged. They add up: a mean, if there is one, stands in dhs already."""
import numpy as np


def rtrl(x, h0, V, W, b, dhs):
    (B, H), h, dW = h0.shape, h0, np.zeros_like(W)
    G = np.zeros((B, H, H, H))
    for x_t, dh in zip(x, dhs):
        new = np.tanh(x_t @ V.T + h @ W.T + b)
        s = 1 - new**2
        G = np.einsum("bi,ij,bjpq->bipq", s, W, G) + np.einsum("bi,ip,bq->bipq", s, np.eye(H), h)
        dW += np.einsum("bi,bipq->pq", dh, G) / B
        h = new
    return dW
