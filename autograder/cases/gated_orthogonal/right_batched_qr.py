"""By a batched QR decomposition."""

def gated_orthogonal(H, n_gates, rng):
    Q, R = np.linalg.qr(rng.standard_normal((n_gates, H, H)))
    signs = np.where(np.einsum("gkk->gk", R) < 0, -1.0, 1.0)
    return np.vstack(list(Q * signs[:, None, :]))
