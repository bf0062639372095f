"""The stationary distribution from the singular value decomposition."""

def entropy_rate(T_sym):
    P = T_sym.sum(0)
    _, _, Vt = np.linalg.svd(P.T - np.eye(len(P)))
    pi = Vt[-1] / Vt[-1].sum()
    p = T_sym.sum(2)
    safe = np.where(p > 0, p, 1)
    return float(-(p * np.log2(safe)).sum(0).dot(pi))
