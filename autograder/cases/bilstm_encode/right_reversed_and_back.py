"""Turns the sequences round in place of a copy, and the states back again."""

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


def turn(a, lengths):
    out = a.copy()
    for b, n in enumerate(lengths):
        out[:n, b] = a[:n, b][::-1]
    return out


def bilstm_encode(x, lengths, P_f, P_b):
    forward = lstm_forward(x, P_f)
    backward = turn(lstm_forward(turn(x, lengths), P_b), lengths)
    ends = forward[np.asarray(lengths) - 1, np.arange(x.shape[1])]
    return np.hstack([ends, backward[0]])
