"""Two loops."""

def embed(ids, E):
    T, B = ids.shape
    x = np.zeros((T, B, E.shape[1]))
    for t in range(T):
        for n in range(B):
            x[t, n, :] = E[ids[t, n]]
    return x
