"""Carries the best sequence to each tag along."""

def viterbi(x, pi, A, B):
    K = len(pi)
    best = [(np.log(pi[k]) + np.log(B[k, x[0]]), (k,)) for k in range(K)]
    for w in x[1:]:
        best = [
            max(((s + np.log(A[p[-1], k]) + np.log(B[k, w]), p + (k,)) for s, p in best), key=lambda c: c[0])
            for k in range(K)
        ]
    return np.array(max(best, key=lambda c: c[0])[1])
