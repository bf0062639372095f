"""Its step adds to dC in the array that the caller passed."""
import numpy as np


def lstm_step(x, h, C, P):
    a = {q: x @ P["V_" + q].T + h @ P["W_" + q].T + P["b_" + q] for q in "ifgo"}
    i, f, o = (0.5 * (1 + np.tanh(0.5 * a[q])) for q in "ifo")
    g = np.tanh(a["g"])
    C_next = f * C + i * g
    m = np.tanh(C_next)
    return o * m, C_next, (x, h, C, P, i, f, g, o, m)


def lstm_forward(x, h0, C0, P):
    h, C, hs, caches = h0, C0, [], []
    for x_t in x:
        h, C, cache = lstm_step(x_t, h, C, P)
        hs.append(h)
        caches.append(cache)
    return np.stack(hs), C, caches


def lstm_step_backward(dh, dC, cache):
    x, h, C, P, i, f, g, o, m = cache
    dC += dh * o * (1 - m**2)
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
        dP["V_" + q], dP["W_" + q], dP["b_" + q] = da[q].T @ x, da[q].T @ h, da[q].sum(axis=0)
    return dx, dh_prev, dC * f, dP


def lstm_backward(dhs, dC_T, cache):
    steps, dh, dC = [], 0, dC_T
    for t in reversed(range(len(dhs))):
        dx, dh, dC, dP = lstm_step_backward(dhs[t] + dh, dC, cache[t])
        steps.insert(0, (dx, dP))
    return np.array([dx for dx, _ in steps]), dh, dC, {key: sum(dP[key] for _, dP in steps) for key in steps[0][1]}
