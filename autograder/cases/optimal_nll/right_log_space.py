"""With logarithms throughout."""

def optimal_nll(T_sym, start, x):
    with np.errstate(divide="ignore"):
        logT, loga = np.log(T_sym), np.log(start)
    out = []
    for b in range(x.shape[1]):
        a = loga
        for symbol in x[:, b]:
            a = np.logaddexp.reduce(a[:, None] + logT[symbol], axis=0)
        out.append(-np.logaddexp.reduce(a))
    return np.array(out)
