"""The old state moves towards the candidate, h + (1 - z)(n - h), step by step."""

def min_gru(x, h0, P):
    new = 0.5 * (1 - np.tanh(0.5 * (x @ P["V_z"].T + P["b_z"])))
    n = x @ P["V_n"].T + P["b_n"]
    hs = np.empty_like(n)
    h = h0
    for t in range(len(x)):
        h = h + new[t] * (n[t] - h)
        hs[t] = h
    return hs
