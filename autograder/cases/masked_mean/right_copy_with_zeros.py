"""On a copy with zeros in the padding."""

def masked_mean(hs, lengths):
    h = np.array(hs)
    for b, n in enumerate(lengths):
        h[n:, b] = 0
    return np.einsum("tbh,b->bh", h, 1 / lengths)
