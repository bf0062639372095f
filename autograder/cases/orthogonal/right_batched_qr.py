"""By a batched QR decomposition."""


def orthogonal(shape, rng, gain=1.0, n_gates=1):
    tall = shape[0] >= shape[1]
    Q, R = np.linalg.qr(rng.standard_normal((n_gates, *(shape if tall else shape[::-1]))))
    Q = Q * np.where(np.einsum("gkk->gk", R) < 0, -1.0, 1.0)[:, None, :]
    return gain * np.vstack(list(Q if tall else np.swapaxes(Q, 1, 2)))
