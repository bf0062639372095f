"""A fold over the steps, the states kept as pairs."""

def lstm_step(x, h, C, P):
    a = {q: x @ P["V_" + q].T + h @ P["W_" + q].T + P["b_" + q] for q in "ifgo"}
    i, f, o = (0.5 * (1 + np.tanh(0.5 * a[q])) for q in "ifo")
    g = np.tanh(a["g"])
    C_next = f * C + i * g
    m = np.tanh(C_next)
    return o * m, C_next, (x, h, C, P, i, f, g, o, m)


from functools import reduce


def lstm_forward(x, h0, C0, P):
    def one(so_far, x_t):
        return [*so_far, lstm_step(x_t, so_far[-1][0], so_far[-1][1], P)]

    steps = reduce(one, x, [(h0, C0, None)])[1:]
    return np.stack([h for h, _, _ in steps]), steps[-1][1], [cache for _, _, cache in steps]
