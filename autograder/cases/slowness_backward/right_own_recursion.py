"""A backward pass with the penalty inside it."""


def slowness_backward(dhs, cache, lam):
    x, h0, hs, V, W = cache
    dx, dV, dW, db, back = np.zeros_like(x), 0 * V, 0 * W, 0 * V[:, 0], 0 * h0
    for t in range(len(x) - 1, -1, -1):
        old = hs[t - 1] if t else h0
        move = lam * (hs[t] - old)
        dz = (dhs[t] + back + move) * (1 - hs[t] ** 2)
        dx[t], dV, dW, db = dz @ V, dV + dz.T @ x[t], dW + dz.T @ old, db + dz.sum(axis=0)
        back = dz @ W - move
    return dx, back, dV, dW, db
