"""From the end: the probability of the rest, given the state."""

def optimal_nll(T_sym, start, x):
    T, B = x.shape
    rest, logs = np.ones((B, len(start))), np.zeros(B)
    for t in range(T - 1, -1, -1):
        rest = np.einsum("bij,bj->bi", T_sym[x[t]], rest)
        m = rest.max(axis=1)
        with np.errstate(divide="ignore"):
            logs += np.log(m)
        rest = rest / np.where(m > 0, m, 1.0)[:, None]
    with np.errstate(divide="ignore"):
        return -(logs + np.log(rest @ start))
