"""The stationary distribution as an eigenvector."""

def entropy_rate(T_sym):
    values, vectors = np.linalg.eig(T_sym.sum(axis=0).T)
    pi = np.real(vectors[:, np.argmin(np.abs(values - 1))])
    pi = pi / pi.sum()
    p = T_sym.sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * np.log2(p), 0.0)
    return -np.sum(terms @ pi)
