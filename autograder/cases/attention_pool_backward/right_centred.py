"""With the states centred around the pooled vector: ds is w times the gradient's product with what is left."""


def attention_pool_backward(dpooled, hs, lengths, q):
    T = hs.shape[0]
    mask = np.arange(T)[:, None] < lengths[None]
    h = hs.copy()
    h[~mask] = 0
    s = np.einsum("tbh,h->tb", h, q)
    top = np.where(mask, s, -np.inf).max(axis=0)
    e = np.exp(np.minimum(s - top, 0)) * mask
    w = e / e.sum(axis=0)
    centre = np.einsum("tb,tbh->bh", w, h)
    ds = w * np.einsum("tbh,bh->tb", h - centre, dpooled)
    return np.einsum("tb,bh->tbh", w, dpooled) + np.einsum("tb,h->tbh", ds, q), np.einsum("tb,tbh->h", ds, h)
