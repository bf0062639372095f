"""The input gate is taken as 1 - f. That is a cell of its own; here i has its own weights."""
import numpy as np


def lstm_step(x, h, C, P):
    a = {q: x @ P["V_" + q].T + h @ P["W_" + q].T + P["b_" + q] for q in "ifgo"}
    i, f, o = (0.5 * (1 + np.tanh(0.5 * a[q])) for q in "ifo")
    g = np.tanh(a["g"])
    C_next = f * C + (1 - f) * g
    m = np.tanh(C_next)
    return o * m, C_next, (x, h, C, P, i, f, g, o, m)
