"""dx is written into the array of the inputs, which dV still needs. Fill a new array."""

def rnn_backward(dhs, cache):
    x, h0, hs, V, W = cache
    x = np.array(x)
    dx, dV, dW, db, carry = x, 0 * V, 0 * W, 0, 0 * h0
    for t in range(len(x) - 1, -1, -1):
        dz = (dhs[t] + carry) * (1 - hs[t] ** 2)
        dx[t] = dz @ V
        dV += dz.T @ x[t]
        dW += dz.T @ (hs[t - 1] if t > 0 else h0)
        db = db + dz.sum(axis=0)
        carry = dz @ W
    return dx, carry, dV, dW, db
