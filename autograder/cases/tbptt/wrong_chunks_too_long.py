"""The chunks have k + 1 steps."""
import numpy as np


def tbptt(x, h0, V, W, b, dhs, k):
    h, dW = h0, 0 * W
    for start in range(0, len(x), k + 1):
        s = [h]
        for x_t in x[start : start + k + 1]:
            s.append(np.tanh(x_t @ V.T + s[-1] @ W.T + b))
        carry = 0
        for t in range(len(s) - 2, -1, -1):
            dz = (1 - s[t + 1] ** 2) * (dhs[start + t] + carry)
            dW, carry = dW + dz.T @ s[t], dz @ W
        h = s[-1]
    return dW, h
