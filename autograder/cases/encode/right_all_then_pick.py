"""All states first, then the one at each length, which is written over the padding."""


def encode(src, lengths, P):
    fed = P["S"][src] @ P["V_e"].T + P["b_e"]
    h, hs = np.zeros(fed.shape[1:]), []
    for a in fed:
        h = np.tanh(a + h @ P["W_e"].T)
        hs.append(h)
    hs = np.stack(hs)
    last = hs[np.asarray(lengths) - 1, np.arange(src.shape[1])]
    padding = np.arange(len(src))[:, None] >= lengths
    hs[padding] = np.broadcast_to(last, hs.shape)[padding]
    return hs, last
