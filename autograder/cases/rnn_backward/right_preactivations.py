"""Keeps pre-activations instead of states, a list of tuples as the cache."""

def rnn_forward(x, h0, V, W, b):
    h, hs, cache = h0, [], []
    for x_t in x:
        z = x_t @ V.T + h @ W.T + b
        cache.append((x_t, h, z, V, W))
        h = np.tanh(z)
        hs.append(h)
    return np.array(hs), cache


def rnn_backward(dhs, cache):
    dxs, dV, dW, db, carry = [], 0, 0, 0, 0
    for dh, (x_t, h, z, V, W) in zip(dhs[::-1], cache[::-1]):
        dz = (dh + carry) / np.cosh(z) ** 2
        dxs.insert(0, dz @ V)
        carry = dz @ W
        dV, dW, db = dV + dz.T @ x_t, dW + dz.T @ h, db + dz.sum(0)
    return np.array(dxs), carry, dV, dW, db
