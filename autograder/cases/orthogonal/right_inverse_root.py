"""A Gaussian matrix times the inverse root of its Gram matrix, written into its rows."""


def orthogonal(shape, rng, gain=1.0, n_gates=1):
    W = np.empty((n_gates * shape[0], shape[1]))
    for k in range(n_gates):
        A = rng.normal(size=(max(shape), min(shape)))
        for _ in range(2):
            values, E = np.linalg.eigh(A.T @ A)
            A = A @ (E / np.sqrt(values)) @ E.T
        W[k * shape[0] : (k + 1) * shape[0]] = gain * (A if shape[0] >= shape[1] else A.T)
    return W
