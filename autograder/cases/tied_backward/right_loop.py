"""In loops over steps and sequences."""


def tied_backward(dlogits, ids, hs, E, backward):
    T, B, K = dlogits.shape
    dhs = np.zeros(hs.shape)
    dE = np.zeros(E.shape)
    for t in range(T):
        for b in range(B):
            dhs[t, b] = E.T @ dlogits[t, b]
            dE += np.outer(dlogits[t, b], hs[t, b])
    dx = backward(dhs)
    for t in range(T):
        for b in range(B):
            dE[ids[t, b]] += dx[t, b]
    return dE
