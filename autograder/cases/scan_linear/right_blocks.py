"""Recursively: both halves are scanned at the same time, then the last prefix of the first is joined to the second."""


def scan_linear(a, b, h0, combine):
    T = len(a) + 1
    n = 1 << (T - 1).bit_length()
    A = np.concatenate([a[:1], a, np.repeat(a[-1:], n - T, axis=0)])
    B = np.concatenate([h0[None], b, np.repeat(b[-1:], n - T, axis=0)])
    size = 1
    while size < n:
        A, B = (x.reshape(n // (2 * size), 2, size, *h0.shape) for x in (A, B))
        last = [np.repeat(x[:, 0, -1:], size, axis=1).reshape(-1, *h0.shape) for x in (A, B)]
        later = [x[:, 1].reshape(-1, *h0.shape) for x in (A, B)]
        joined = combine(*later, *last)
        A, B = (np.stack([x[:, 0], y.reshape(x[:, 0].shape)], axis=1) for x, y in zip((A, B), joined))
        size *= 2
    return B.reshape(n, *h0.shape)[1:T]
