"""A five-point difference, which is better still."""

def gradcheck(f, backward, x, dout, eps):
    loss, n = lambda y: np.sum(dout * f(y)), np.zeros(x.shape)
    for i in np.ndindex(*x.shape):
        e = np.zeros(x.shape)
        e[i] = 10 * eps
        n[i] = (8 * (loss(x + e) - loss(x - e)) - (loss(x + 2 * e) - loss(x - 2 * e))) / (120 * eps)
    return np.abs(backward(x, dout) - n).max() / (np.abs(n).max() + 1e-30)
