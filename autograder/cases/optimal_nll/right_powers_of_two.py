"""Keeps the scale as powers of two."""

def optimal_nll(T_sym, start, x):
    a, power = np.repeat(start[None], x.shape[1], axis=0), np.zeros(x.shape[1])
    for symbols in x:
        a = (a[:, None, :] @ T_sym[symbols])[:, 0]
        _, e = np.frexp(a.max(axis=1))
        a, power = np.ldexp(a, -e[:, None]), power + e
    with np.errstate(divide="ignore"):
        return -(np.log(a.sum(axis=1)) + power * np.log(2))
