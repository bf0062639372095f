"""W is multiplied from the wrong side: for a row h the product with W needs its transpose."""
import numpy as np


def lstm_step(x, h, C, P):
    a = {q: x @ P["V_" + q].T + h @ P["W_" + q] + P["b_" + q] for q in "ifgo"}
    i, f, o = (0.5 * (1 + np.tanh(0.5 * a[q])) for q in "ifo")
    g = np.tanh(a["g"])
    C_next = f * C + i * g
    m = np.tanh(C_next)
    return o * m, C_next, (x, h, C, P, i, f, g, o, m)
