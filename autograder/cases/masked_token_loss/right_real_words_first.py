"""Takes the real words out first."""

def masked_token_loss(scores, tags, mask):
    s, y = scores[mask], tags[mask]
    if not len(y):
        return 0.0, 0, np.zeros_like(scores)
    m = s.max(1, keepdims=True)
    e = np.exp(s - m)
    p = e / e.sum(1, keepdims=True)
    rows = np.arange(len(y))
    total = (np.log(e.sum(1)) + m[:, 0] - s[rows, y]).sum()
    p[rows, y] -= 1
    d = np.zeros_like(scores)
    d[mask] = p
    return total, len(y), d
