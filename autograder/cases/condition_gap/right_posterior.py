"""By the posterior of the own condition."""

def condition_gap(logp):
    n = len(logp)
    e = np.exp(logp - logp.max(axis=1)[:, None])
    shares = logp - logp.max(axis=1)[:, None] - np.log(e.sum(axis=1))[:, None]
    saved = np.log2(n) + np.einsum("ii->", shares) / n / np.log(2)
    weights = (np.eye(n) * n - 1) / (n - 1)
    return np.sum(weights * logp) / n / np.log(2), saved
