"""Keeps the arguments only, and computes the gates again in the backward pass."""

def lstm_step(x, h, C, P):
    a = {q: x @ P["V_" + q].T + h @ P["W_" + q].T + P["b_" + q] for q in "ifgo"}
    s = {q: np.tanh(a[q]) if q == "g" else 0.5 * (1 + np.tanh(0.5 * a[q])) for q in a}
    new = s["f"] * C + s["i"] * s["g"]
    return s["o"] * np.tanh(new), new, (x, h, C, P)


def lstm_step_backward(dh, dC, cache):
    x, h, C, P = cache
    a = {q: x @ P["V_" + q].T + h @ P["W_" + q].T + P["b_" + q] for q in "ifgo"}
    s = {q: np.tanh(a[q]) if q == "g" else 0.5 * (1 + np.tanh(0.5 * a[q])) for q in a}
    slope = {q: 1 - s[q] ** 2 if q == "g" else s[q] * (1 - s[q]) for q in a}
    m = np.tanh(s["f"] * C + s["i"] * s["g"])
    dC = dC + dh * s["o"] * (1 - m**2)
    da = {"o": dh * m, "g": dC * s["i"], "i": dC * s["g"], "f": dC * C}
    da = {q: d * slope[q] for q, d in da.items()}
    dP = {"V_" + q: d.T @ x for q, d in da.items()} | {"W_" + q: d.T @ h for q, d in da.items()}
    dP |= {"b_" + q: d.sum(0) for q, d in da.items()}
    return (sum(d @ P["V_" + q] for q, d in da.items()), sum(d @ P["W_" + q] for q, d in da.items()), dC * s["f"], dP)
