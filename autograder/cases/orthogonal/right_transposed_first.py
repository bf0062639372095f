"""Calls itself: gate by gate, and a wide matrix as the transpose of a tall one."""


def orthogonal(shape, rng, gain=1.0, n_gates=1):
    if n_gates > 1:
        return np.vstack([orthogonal(shape, rng, gain) for _ in range(n_gates)])
    if shape[0] < shape[1]:
        return orthogonal((shape[1], shape[0]), rng, gain).T
    Q, R = np.linalg.qr(rng.standard_normal(shape))
    d = np.diagonal(R)
    return gain * Q @ np.diag(d / np.abs(d))
