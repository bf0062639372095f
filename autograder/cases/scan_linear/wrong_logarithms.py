"""The products are sums of logarithms: there is none of a negative number, nor of 0."""

def scan_linear(a, b, h0):
    s = np.cumsum(np.log(a), axis=0)
    hs = []
    for t in range(len(a)):
        hs.append(np.exp(s[t]) * h0 + (np.exp(s[t] - s[: t + 1]) * b[: t + 1]).sum(axis=0))
    return np.array(hs)
