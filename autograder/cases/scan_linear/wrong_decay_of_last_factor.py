"""Powers of one factor stand where products of all the factors between belong."""

def scan_linear(a, b, h0):
    hs = []
    for t in range(len(a)):
        powers = a[t] ** np.arange(t, -1, -1)[:, None, None]
        hs.append(a[t] ** (t + 1) * h0 + (powers * b[: t + 1]).sum(axis=0))
    return np.array(hs)
