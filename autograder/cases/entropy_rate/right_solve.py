"""One equation of the linear system replaced by the sum."""

def entropy_rate(T_sym):
    S = T_sym.shape[1]
    A = np.sum(T_sym, 0).T - np.eye(S)
    A[-1] = 1
    pi = np.linalg.solve(A, np.eye(S)[-1])
    h = 0
    for i in range(S):
        p = T_sym[:, i].sum(axis=1)
        p = p[p > 0]
        h -= pi[i] * (p @ np.log(p)) / np.log(2)
    return float(h)
