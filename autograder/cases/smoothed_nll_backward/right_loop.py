"""Token by token."""


def smoothed_nll_backward(logits, targets, mask, eps, tau):
    T, B, K = logits.shape
    d, dtau, N = np.zeros((T, B, K)), 0.0, np.count_nonzero(mask)
    for t in range(T):
        for b in range(B):
            if mask[t, b]:
                u = logits[t, b] / tau
                e = np.exp(u - max(u))
                g = e / sum(e) - eps / K
                g[targets[t, b]] -= 1 - eps
                d[t, b] = g / N / tau
                dtau -= (g @ logits[t, b]) / tau**2 / N
    return d, dtau
