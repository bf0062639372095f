"""Each sequence by itself, without padding."""

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
    out = []
    for b, n in enumerate(lengths):
        own = x[:n, b : b + 1]
        out.append(np.concatenate([lstm_forward(own, P_f)[-1, 0], lstm_forward(own[::-1], P_b)[-1, 0]]))
    return np.array(out)
