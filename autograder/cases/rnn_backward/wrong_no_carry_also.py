"""The gradient is never carried from a step to the one before: each step sees its own loss only.

Diagnosis: wrong_no_carry
"""

def rnn_backward(dhs, cache):
    x, h0, hs, V, W = cache
    dx, dV, dW, db = np.zeros_like(x), 0 * V, 0 * W, np.zeros(len(W))
    for t in range(len(x) - 1, -1, -1):
        before = hs[t - 1] if t else h0
        dz = dhs[t] * (1 - hs[t] * hs[t])
        dx[t], dh = dz @ V, dz @ W
        dV, dW, db = dV + dz.T @ x[t], dW + dz.T @ before, db + dz.sum(0)
    return dx, dh, dV, dW, db
