"""Flattened, in place on its own copy, and put back each time."""

def gradcheck(f, backward, x, dout, eps):
    y = np.array(x, dtype=float)
    flat, n = y.reshape(-1), []
    for i in range(flat.size):
        keep = flat[i]
        flat[i] = keep + eps
        up = np.sum(dout * f(y))
        flat[i] = keep - eps
        down = np.sum(dout * f(y))
        flat[i] = keep
        n.append((up - down) / (2 * eps))
    n = np.reshape(n, x.shape)
    a = backward(y, dout)
    return float(np.max(np.abs(a - n)) / max(np.max(np.abs(n)), 1e-300))
