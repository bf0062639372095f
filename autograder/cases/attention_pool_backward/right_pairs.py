"""By pairs of steps: what one score does to each weight, added up."""


def attention_pool_backward(dpooled, hs, lengths, q):
    T, B, H = hs.shape
    dhs, dq = np.zeros((T, B, H)), np.zeros(H)
    for b in range(B):
        n, d = int(lengths[b]), dpooled[b]
        s = [float(hs[t, b] @ q) for t in range(n)]
        top = max(s)
        e = [np.exp(v - top) for v in s]
        w = [v / sum(e) for v in e]
        for t in range(n):
            ds = sum(w[r] * ((r == t) - w[t]) * (hs[r, b] @ d) for r in range(n))
            dhs[t, b] = w[t] * d + ds * q
            dq = dq + ds * hs[t, b]
    return dhs, dq
