"""One product for all gates, with stacked weights and gradients."""

def lstm_step_backward(dh, dC, cache):
    x, h, C, P, i, f, g, o, m = cache
    total = dC + dh * o * (1 - m * m)
    a = np.hstack([total * g * i * (1 - i), total * C * f * (1 - f), total * i * (1 - g * g), dh * m * o * (1 - o)])
    V, W = (np.vstack([P[n + "_" + q] for q in "ifgo"]) for n in "VW")
    dV, dW, db = np.split(a.T @ x, 4), np.split(a.T @ h, 4), np.split(a.sum(0), 4)
    dP = {}
    for k, q in enumerate("ifgo"):
        dP["V_" + q], dP["W_" + q], dP["b_" + q] = dV[k], dW[k], db[k]
    return a @ V, a @ W, total * f, dP
