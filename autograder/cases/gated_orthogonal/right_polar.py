"""By the singular value decomposition, batched."""

def gated_orthogonal(H, n_gates, rng):
    U, _, Vt = np.linalg.svd(rng.standard_normal((n_gates, H, H)))
    return (U @ Vt).reshape(n_gates * H, H)
