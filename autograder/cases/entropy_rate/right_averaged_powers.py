"""The mean of many powers of the chain, which settles down even where the powers do not."""

def entropy_rate(T_sym):
    P = T_sym.sum(axis=0)
    lazy = 0.5 * (P + np.eye(len(P)))
    M = np.linalg.matrix_power(lazy, 2**20)
    pi, h = M[0] / M[0].sum(), 0.0
    for i in range(len(P)):
        for k in range(len(T_sym)):
            p = T_sym[k, i].sum()
            if p > 0:
                h += pi[i] * p * np.log2(1 / p)
    return h
