"""Recursive: the last step, then the rest with what it sends back."""


def leaky_backward(dhs, cache):
    x, h0, hs, ns, V, W, a = cache
    if len(x) == 0:
        return 0.0 * x, 0.0 * h0, 0.0 * V, 0.0 * W, 0.0 * a, 0.0 * a
    old = hs[-2] if len(x) > 1 else h0
    dh = dhs[-1]
    dz = a * dh * (1 - ns[-1]) * (1 + ns[-1])
    sent = np.zeros((len(x) - 1, *h0.shape))
    first = dz @ W + (1 - a) * dh
    if len(x) > 1:
        sent[-1] = first
    dx, dh0, dV, dW, db, da = leaky_backward(dhs[:-1] + sent, (x[:-1], h0, hs[:-1], ns[:-1], V, W, a))
    dh0 = dh0 if len(x) > 1 else first
    dx = np.concatenate([dx, (dz @ V)[None]])
    return dx, dh0, dV + dz.T @ x[-1], dW + dz.T @ old, db + dz.sum(0), da + ((ns[-1] - old) * dh).sum(0)
