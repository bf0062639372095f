"""By halves: the best sequences between every pair of tags."""

def between(steps):
    if len(steps) == 1:
        K = len(steps[0])
        return steps[0], [[(k,) for k in range(K)] for _ in range(K)]
    m = len(steps) // 2
    (s1, p1), (s2, p2) = between(steps[:m]), between(steps[m:])
    both = s1[:, :, None] + s2[None]
    mid = both.argmax(axis=1)
    K = len(s1)
    paths = [[p1[i][mid[i, j]] + p2[mid[i, j]][j] for j in range(K)] for i in range(K)]
    return both.max(axis=1), paths


def viterbi(x, pi, A, B):
    first = np.log(pi) + np.log(B[:, x[0]])
    if len(x) == 1:
        return np.array([first.argmax()])
    s, paths = between([np.log(A) + np.log(B[:, w]) for w in x[1:]])
    total = first[:, None] + s
    i, j = np.unravel_index(total.argmax(), total.shape)
    return np.array((i, *paths[i][j]))
