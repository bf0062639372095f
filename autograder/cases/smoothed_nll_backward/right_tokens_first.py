"""Takes the tokens out, works on a matrix, and puts them back."""


def smoothed_nll_backward(logits, targets, mask, eps, tau):
    y, k = logits[mask], targets[mask]
    N, K = y.shape
    u = y / tau
    p = np.exp(u - np.logaddexp.reduce(u, axis=1, keepdims=True))
    q = np.full((N, K), eps / K)
    q[np.arange(N), k] += 1 - eps
    dlogits = np.zeros(logits.shape)
    dlogits[mask] = (p - q) / (N * tau)
    return dlogits, float(np.mean(np.sum((q - p) * u, axis=1)) / tau)
