"""By the singular value decomposition."""

def orthogonal(shape, rng, gain=1.0):
    U, _, Vt = np.linalg.svd(rng.standard_normal(shape), full_matrices=False)
    return gain * (U @ Vt)
