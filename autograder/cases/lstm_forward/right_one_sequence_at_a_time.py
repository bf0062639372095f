"""One sequence of the batch after the other."""

def lstm_step(x, h, C, P):
    a = {q: x @ P["V_" + q].T + h @ P["W_" + q].T + P["b_" + q] for q in "ifgo"}
    i, f, o = (0.5 * (1 + np.tanh(0.5 * a[q])) for q in "ifo")
    g = np.tanh(a["g"])
    C_next = f * C + i * g
    m = np.tanh(C_next)
    return o * m, C_next, (x, h, C, P, i, f, g, o, m)


def lstm_forward(x, h0, C0, P):
    hs, Cs = [], []
    for k in range(x.shape[1]):
        h, C, out = h0[k : k + 1], C0[k : k + 1], []
        for t in range(x.shape[0]):
            h, C = lstm_step(x[t, k : k + 1], h, C, P)[:2]
            out.append(h[0])
        hs.append(out)
        Cs.append(C[0])
    return np.transpose(np.array(hs), (1, 0, 2)), np.array(Cs), None
