"""All steps at once, in log2 T rounds: each step takes over what the one before it, two before it, four before it knows."""

def min_gru(x, h0, P):
    a = 0.5 * (1 + np.tanh(0.5 * (x @ P["V_z"].T + P["b_z"])))
    b = (1 - a) * (x @ P["V_n"].T + P["b_n"])
    k = 1
    while k < len(a):
        b = np.concatenate([b[:k], a[k:] * b[:-k] + b[k:]])
        a = np.concatenate([a[:k], a[k:] * a[:-k]])
        k *= 2
    return a * h0 + b
