"""Takes the tokens out first, then works on a plain matrix."""

def token_nll(logits, targets, mask):
    y, k = logits[mask], targets[mask]
    if len(k) == 0:
        return 0.0, 0
    y = y - y.max(axis=1, keepdims=True)
    p = np.exp(y)
    p /= p.sum(axis=1, keepdims=True)
    correct = y[np.arange(len(k)), k]
    return float(np.sum(np.log(np.sum(np.exp(y), axis=1)) - correct)), len(k)
