"""Every chunk starts from h0. A chunk starts from the state that the chunk before it ended in."""
import numpy as np


def tbptt(x, h0, V, W, b, dhs, k):
    dW = 0 * W
    for start in range(0, len(x), k):
        s = [h0]
        for x_t in x[start : start + k]:
            s.append(np.tanh(x_t @ V.T + s[-1] @ W.T + b))
        carry = 0
        for t in range(len(s) - 2, -1, -1):
            dz = (1 - s[t + 1] ** 2) * (dhs[start + t] + carry)
            dW, carry = dW + dz.T @ s[t], dz @ W
    return dW, s[-1]
