"""Sequence by sequence, with the Jacobian of the softmax as a matrix."""


def attention_pool_backward(dpooled, hs, lengths, q):
    dhs, dq = np.zeros(hs.shape), np.zeros(len(q))
    for b, n in enumerate(lengths):
        h = hs[:n, b]
        s = h @ q
        w = np.exp(s - s.max())
        w /= w.sum()
        J = np.diag(w) - np.outer(w, w)
        ds = J @ (h @ dpooled[b])
        dhs[:n, b] = np.outer(w, dpooled[b]) + np.outer(ds, q)
        dq += ds @ h
    return dhs, dq
