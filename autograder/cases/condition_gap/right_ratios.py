"""Ratios of probabilities, in bits from the start."""

def condition_gap(logp):
    bits = logp / np.log(2)
    n = len(bits)
    own = bits[np.arange(n), np.arange(n)]
    off = ~np.eye(n, dtype=bool)
    gap = own.mean() - bits[off].mean()
    top = bits.max(axis=1, keepdims=True)
    saved = own - top[:, 0] - np.log2(np.mean(2.0 ** (bits - top), axis=1))
    return float(gap), float(saved.mean())
