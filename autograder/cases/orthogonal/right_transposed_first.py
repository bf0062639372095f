"""A wide matrix as the transpose of a tall one, signs by a diagonal matrix."""

def orthogonal(shape, rng, gain=1.0):
    if shape[0] < shape[1]:
        return orthogonal((shape[1], shape[0]), rng, gain).T
    Q, R = np.linalg.qr(rng.standard_normal(shape))
    d = np.diagonal(R)
    return gain * Q @ np.diag(d / np.abs(d))
