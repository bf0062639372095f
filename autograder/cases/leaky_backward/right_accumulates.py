"""Every gradient added up step by step."""


def leaky_backward(dhs, cache):
    x, h0, hs, ns, V, W, a = cache
    dx, dV, dW, db, da = np.zeros(x.shape), 0 * V, 0 * W, 0 * a, 0 * a
    back = 0 * h0
    for t in range(len(x) - 1, -1, -1):
        before = hs[t - 1] if t else h0
        back = back + dhs[t]
        da = da + (back * ns[t]).sum(0) - (back * before).sum(0)
        dz = back * a - back * a * ns[t] * ns[t]
        dx[t], dV, dW, db = dz @ V, dV + dz.T @ x[t], dW + dz.T @ before, db + dz.sum(0)
        back = back - back * a + dz @ W
    return dx, back, dV, dW, db, da
