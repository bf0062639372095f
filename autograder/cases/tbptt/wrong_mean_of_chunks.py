"""The parts of the chunks are averaged. They add up."""
import numpy as np


def tbptt(x, h0, V, W, b, dhs, k):
    h, dW, chunks = h0, 0 * W, 0
    for start in range(0, len(x), k):
        s = [h]
        for x_t in x[start : start + k]:
            s.append(np.tanh(x_t @ V.T + s[-1] @ W.T + b))
        carry, chunks = 0, chunks + 1
        for t in range(len(s) - 2, -1, -1):
            dz = (1 - s[t + 1] ** 2) * (dhs[start + t] + carry)
            dW, carry = dW + dz.T @ s[t], dz @ W
        h = s[-1]
    return dW / chunks, h
