"""A Gaussian matrix times the inverse root of its Gram matrix."""

def orthogonal(shape, rng, gain=1.0):
    A = rng.normal(size=(max(shape), min(shape)))
    for _ in range(2):
        values, E = np.linalg.eigh(A.T @ A)
        A = A @ (E / np.sqrt(values)) @ E.T
    return gain * (A if shape[0] >= shape[1] else A.T)
