"""The initial states are ignored: the loop starts from zero."""
import numpy as np


def lstm_step(x, h, C, P):
    a = {q: x @ P["V_" + q].T + h @ P["W_" + q].T + P["b_" + q] for q in "ifgo"}
    i, f, o = (0.5 * (1 + np.tanh(0.5 * a[q])) for q in "ifo")
    g = np.tanh(a["g"])
    C_next = f * C + i * g
    m = np.tanh(C_next)
    return o * m, C_next, (x, h, C, P, i, f, g, o, m)


def lstm_forward(x, h0, C0, P):
    h, C, hs, caches = 0 * h0, 0 * C0, [], []
    for x_t in x:
        h, C, cache = lstm_step(x_t, h, C, P)
        hs.append(h)
        caches.append(cache)
    return np.stack(hs), C, caches
