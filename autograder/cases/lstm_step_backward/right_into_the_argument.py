"""Adds to the gradient that arrived, in the array that the caller passed."""
import numpy as np


def lstm_step_backward(dh, dC, cache):
    x, h, C, P, i, f, g, o, m = cache
    dC += dh * o * (1 - np.square(m))
    do, df, di, dg = dh * m, dC * C, dC * g, dC * i
    dai, daf, dao, dag = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g) * (1 + g)
    dP, dx, dh_prev = {}, np.zeros_like(x), np.zeros_like(h)
    for q, d in zip("ifog", (dai, daf, dao, dag)):
        dP["W_" + q] = np.dot(d.T, h)
        dP["V_" + q] = np.dot(d.T, x)
        dP["b_" + q] = np.sum(d, axis=0)
        dx += np.dot(d, P["V_" + q])
        dh_prev += np.dot(d, P["W_" + q])
    dC *= f
    return dx, dh_prev, dC, dP
