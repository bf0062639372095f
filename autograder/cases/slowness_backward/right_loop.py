"""A loop over the steps, then the recursion."""


def slowness_backward(dhs, cache, lam):
    x, h0, hs, V, W = cache
    states, T = [h0, *hs], len(hs)
    outside = np.zeros((T + 1, *h0.shape))
    for t in range(1, T + 1):
        outside[t] += dhs[t - 1] + lam * (states[t] - states[t - 1])
        outside[t - 1] -= lam * (states[t] - states[t - 1])
    dx, dh0, dV, dW, db = rnn_backward(outside[1:], cache)
    return dx, dh0 + outside[0], dV, dW, db
