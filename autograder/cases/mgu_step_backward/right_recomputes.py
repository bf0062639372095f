"""From x, h and the weights alone: gate and candidate are computed again."""


def mgu_step_backward(dh_next, cache):
    x, h, P = cache[:3]
    f = 1 / (1 + np.exp(-(x @ P["V_f"].T + h @ P["W_f"].T + P["b_f"])))
    n = np.tanh(x @ P["V_n"].T + (f * h) @ P["W_n"].T + P["b_n"])
    through = (dh_next * f * (1 + n) * (1 - n)) @ P["W_n"]
    d = {"n": dh_next * f * (1 + n) * (1 - n), "f": f * (1 - f) * (dh_next * n + h * (through - dh_next))}
    read = {"n": f * h, "f": h}
    dP = {f"V_{q}": d[q].T @ x for q in d} | {f"W_{q}": d[q].T @ read[q] for q in d} | {f"b_{q}": d[q].sum(0) for q in d}
    dx = sum(d[q] @ P[f"V_{q}"] for q in d)
    return dx, dh_next + f * (through - dh_next) + d["f"] @ P["W_f"], dP
