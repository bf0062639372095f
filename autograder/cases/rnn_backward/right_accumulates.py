"""Adds up step by step; the carry is written into its own copy of dhs."""

def rnn_backward(dhs, cache):
    x, h0, hs, V, W = cache
    dh = dhs.copy()
    dx, dV, dW, db = np.zeros_like(x), 0 * V, 0 * W, np.zeros(len(W))
    for t in range(len(x) - 1, -1, -1):
        before = hs[t - 1] if t > 0 else h0
        dz = dh[t] * (1 - hs[t] ** 2)
        dx[t] = dz @ V
        dV += dz.T @ x[t]
        dW += dz.T @ before
        db += dz.sum(axis=0)
        if t > 0:
            dh[t - 1] += dz @ W
    return dx, dz @ W, dV, dW, db
