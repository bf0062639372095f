"""A dict as the cache, emptied by pop in the backward pass."""

def rnn_step(x, h, V, W, b):
    z = x @ V.T + h @ W.T + b
    return np.tanh(z), dict(x=x, h=h, z=z, V=V, W=W)


def rnn_step_backward(dh_next, cache):
    x, h, z, V, W = (cache.pop(name) for name in ("x", "h", "z", "V", "W"))
    dz = (1 - np.tanh(z) ** 2) * dh_next
    return [dz @ V, dz @ W, (x.T @ dz).T, (h.T @ dz).T, dz.sum(axis=0)]
