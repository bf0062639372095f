"""One string after the other, with vectors."""

def optimal_nll(T_sym, start, x):
    result = np.zeros(x.shape[1])
    for b in range(x.shape[1]):
        a = start.copy()
        for t in range(len(x)):
            a = a @ T_sym[x[t, b]]
            c = a.sum()
            if c == 0:
                result[b] = np.inf
                break
            result[b] -= np.log(c)
            a /= c
    return result
