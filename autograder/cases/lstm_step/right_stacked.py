"""One product for all gates, over weights stacked in torch's order."""

def lstm_step(x, h, C, P):
    V, W, b = (np.concatenate([P[n + "_" + q] for q in "ifgo"]) for n in "VWb")
    a = x @ V.T + h @ W.T + b
    ai, af, ag, ao = np.split(a, 4, axis=1)
    i, f, o, g = (1 + np.tanh(ai / 2)) / 2, (1 + np.tanh(af / 2)) / 2, (1 + np.tanh(ao / 2)) / 2, np.tanh(ag)
    C = f * C + i * g
    return o * np.tanh(C), C, {"gates": (i, f, g, o), "C": C}
