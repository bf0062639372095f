"""Divide and conquer: the state after the first half is the initial state of the second."""

def min_gru(x, h0, P):
    if len(x) == 1:
        z = 0.5 * (1 + np.tanh(0.5 * (np.einsum("bd,hd->bh", x[0], P["V_z"]) + P["b_z"])))
        return (z * h0 + (1 - z) * (np.einsum("bd,hd->bh", x[0], P["V_n"]) + P["b_n"]))[None]
    half = len(x) // 2
    first = min_gru(x[:half], h0, P)
    return np.concatenate([first, min_gru(x[half:], first[-1], P)])
