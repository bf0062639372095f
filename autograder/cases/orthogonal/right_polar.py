"""By the singular value decomposition, batched."""


def orthogonal(shape, rng, gain=1.0, n_gates=1):
    U, _, Vt = np.linalg.svd(rng.standard_normal((n_gates, *shape)), full_matrices=False)
    return gain * (U @ Vt).reshape(-1, shape[1])
