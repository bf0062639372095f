"""Writes each block into its rows."""

def gated_orthogonal(H, n_gates, rng):
    W = np.empty((n_gates * H, H))
    for k in range(n_gates):
        Q, R = np.linalg.qr(rng.standard_normal((H, H)))
        d = np.diag(R)
        W[k * H : (k + 1) * H] = Q @ np.diag(d / abs(d))
    return W
