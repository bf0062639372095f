"""The last entry is never checked."""

def gradcheck(f, backward, x, dout, eps):
    n, a = np.zeros(x.size), backward(x, dout).ravel()
    for i in range(x.size - 1):
        step = np.zeros(x.size)
        step[i] = eps
        step = step.reshape(x.shape)
        n[i] = np.sum(dout * (f(x + step) - f(x - step))) / (2 * eps)
    n, a = n[: max(x.size - 1, 1)], a[: max(x.size - 1, 1)]
    if x.size == 1:
        return 0.0
    return np.abs(a - n).max() / (np.abs(n).max() or 1.0)
