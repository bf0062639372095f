"""Only the loss at the end of each chunk is used. Every step of a chunk has one."""
import numpy as np


def tbptt(x, h0, V, W, b, dhs, k):
    h, dW = h0, 0 * W
    for start in range(0, len(x), k):
        s = [h]
        for x_t in x[start : start + k]:
            s.append(np.tanh(x_t @ V.T + s[-1] @ W.T + b))
        carry = dhs[start + len(s) - 2]
        for t in range(len(s) - 2, -1, -1):
            dz = (1 - s[t + 1] ** 2) * carry
            dW, carry = dW + dz.T @ s[t], dz @ W
        h = s[-1]
    return dW, h
