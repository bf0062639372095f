"""The logistic function overflows: the quotient of two infinite numbers is no number. Use a form that holds for every argument."""
import numpy as np


def lstm_step(x, h, C, P):
    a = {q: x @ P["V_" + q].T + h @ P["W_" + q].T + P["b_" + q] for q in "ifgo"}
    i, f, o = (np.exp(a[q]) / (1 + np.exp(a[q])) for q in "ifo")
    g = np.tanh(a["g"])
    C_next = f * C + i * g
    m = np.tanh(C_next)
    return o * m, C_next, (x, h, C, P, i, f, g, o, m)
