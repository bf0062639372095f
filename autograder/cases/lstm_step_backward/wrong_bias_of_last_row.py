"""The gradients of the biases are those of the last row of the batch: sum over all rows."""
import numpy as np


def lstm_step_backward(dh, dC, cache):
    x, h, C, P, i, f, g, o, m = cache
    dC = dC + dh * o * (1 - m**2)
    da = {
        "i": dC * g * i * (1 - i),
        "f": dC * C * f * (1 - f),
        "g": dC * i * (1 - g**2),
        "o": dh * m * o * (1 - o),
    }
    dx = sum(da[q] @ P["V_" + q] for q in "ifgo")
    dh_prev = sum(da[q] @ P["W_" + q] for q in "ifgo")
    dP = {}
    for q in "ifgo":
        dP["V_" + q], dP["W_" + q], dP["b_" + q] = da[q].T @ x, da[q].T @ h, da[q][-1]
    return dx, dh_prev, dC * f, dP
