"""The state is set to zero at each cut. The gradient is cut there; the state goes on as it is."""
import numpy as np


def tbptt(x, h0, V, W, b, dhs, k):
    h, dW = h0, 0 * W
    for start in range(0, len(x), k):
        s = [h if start == 0 else 0 * h]
        for x_t in x[start : start + k]:
            s.append(np.tanh(x_t @ V.T + s[-1] @ W.T + b))
        carry = 0
        for t in range(len(s) - 2, -1, -1):
            dz = (1 - s[t + 1] ** 2) * (dhs[start + t] + carry)
            dW, carry = dW + dz.T @ s[t], dz @ W
        h = s[-1]
    return dW, h
