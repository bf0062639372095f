"""Its own doubling, from the end, without turning anything round."""


def scan_backward(dhs, a, hs, h0, combine):
    A, G = np.concatenate([a[1:], 0 * a[:1]]), np.array(dhs)
    k = 1
    while k < len(a):
        P, Q = combine(A[:-k], G[:-k], A[k:], G[k:])
        A, G = np.concatenate([P, A[-k:]]), np.concatenate([Q, G[-k:]])
        k *= 2
    da = np.empty_like(G)
    da[0], da[1:] = G[0] * h0, G[1:] * hs[:-1]
    return da, G, G[0] * a[0]
