"""An elementwise relative error with the larger of the two in the denominator."""

def gradcheck(f, backward, x, dout, eps):
    a, n = backward(x, dout), np.empty(x.shape)
    for i, _ in np.ndenumerate(x):
        up, down = x.copy(), x.copy()
        up[i] += eps
        down[i] -= eps
        n[i] = ((f(up) - f(down)) * dout).sum() / (2 * eps)
    size = np.maximum(np.abs(a), np.abs(n))
    return np.max(np.where(size > 0, np.abs(a - n) / np.where(size > 0, size, 1), 0.0))
