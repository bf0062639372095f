"""One product for input and state, and a mixture of old and new state instead of a choice."""


def encode(src, lengths, P):
    M = np.hstack([P["V_e"], P["W_e"]])
    h = np.zeros((src.shape[1], M.shape[0]))
    hs = np.zeros((len(src), *h.shape))
    for t in range(src.shape[0]):
        z = np.hstack([P["S"][src[t]], h]) @ M.T + P["b_e"]
        keep = (np.asarray(lengths) > t).astype(float)[:, None]
        h = keep * np.tanh(z) + (1 - keep) * h
        hs[t] = h
    return hs, h
