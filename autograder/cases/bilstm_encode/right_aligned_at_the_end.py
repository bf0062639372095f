"""Shifts every sequence to the end of the batch for the backward direction."""

def lstm_forward(x, P):
    h = C = np.zeros((x.shape[1], len(P["b_i"])))
    hs = []
    for x_t in x:
        a = {q: x_t @ P["V_" + q].T + h @ P["W_" + q].T + P["b_" + q] for q in "ifgo"}
        i, f, o = (0.5 * (1 + np.tanh(0.5 * a[q])) for q in "ifo")
        C = f * C + i * np.tanh(a["g"])
        h = o * np.tanh(C)
        hs.append(h)
    return np.stack(hs)


def bilstm_encode(x, lengths, P_f, P_b):
    T, B, _ = x.shape
    out = np.zeros((B, 2 * len(P_f["b_i"])))
    H = len(P_f["b_i"])
    forward = lstm_forward(x, P_f)
    for n in set(int(k) for k in lengths):
        rows = np.flatnonzero(np.asarray(lengths) == n)
        out[rows, :H] = forward[n - 1, rows]
        out[rows, H:] = lstm_forward(x[n - 1 :: -1, rows] if n < T else x[::-1, rows], P_b)[-1]
    return out
