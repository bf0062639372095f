"""With logarithms throughout."""

def hmm_posterior(x, pi, A, B):
    with np.errstate(divide="ignore"):
        lpi, lA, lB = np.log(pi), np.log(A), np.log(B)
    T = len(x)
    a, b = [lpi + lB[:, x[0]]], [np.zeros(len(pi))]
    for t in range(1, T):
        a.append(np.logaddexp.reduce(a[-1][:, None] + lA, axis=0) + lB[:, x[t]])
    for t in range(T - 1, 0, -1):
        b.append(np.logaddexp.reduce(lA + (lB[:, x[t]] + b[-1])[None, :], axis=1))
    s = np.array(a) + np.array(b[::-1])
    s = s - np.logaddexp.reduce(s, axis=1, keepdims=True)
    return np.exp(s)
