"""dx is written into the arrays of the inputs, which the weights' gradients still need. Fill a new array."""

def lstm_backward(dhs, dC_T, cache):
    dh, dC, dP = 0 * dC_T, dC_T, {}
    dx = np.stack([step[0] for step in cache])
    for t in range(len(cache) - 1, -1, -1):
        x, h, C, P, i, f, g, o, m = cache[t]
        up = dhs[t] + dh
        dC = dC + up * o * (1 - m**2)
        da = {"i": dC * g * i * (1 - i), "f": dC * C * f * (1 - f), "g": dC * i * (1 - g**2), "o": up * m * o * (1 - o)}
        dx[t], dh, dC = sum(da[q] @ P["V_" + q] for q in "ifgo"), sum(da[q] @ P["W_" + q] for q in "ifgo"), dC * f
        for q in "ifgo":
            dP["V_" + q] = dP.get("V_" + q, 0) + da[q].T @ dx[t]
            dP["W_" + q] = dP.get("W_" + q, 0) + da[q].T @ h
            dP["b_" + q] = dP.get("b_" + q, 0) + da[q].sum(axis=0)
    return dx, dh, dC, dP
