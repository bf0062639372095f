"""The gradient on the temperature by Euler's rule: the loss depends on y / tau, so tau dtau = - y dy."""


def smoothed_nll_backward(logits, targets, mask, eps, tau):
    K = logits.shape[-1]
    z = (logits - logits.max(-1, keepdims=True)) / tau
    p = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
    hot = np.arange(K) == targets[..., None]
    w = mask[..., None] / mask.sum()
    dlogits = w * (p - (1 - eps) * hot - eps / K) / tau
    return dlogits, -(logits * dlogits).sum() / tau
