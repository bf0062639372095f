"""With probabilities, scaled at every step."""

def viterbi(x, pi, A, B):
    T, K = len(x), len(pi)
    d, back = pi * B[:, x[0]], np.zeros((T, K), int)
    for t in range(1, T):
        d = d / d.max()
        for k in range(K):
            w = d * A[:, k]
            back[t, k] = w.argmax()
        d = np.array([d[back[t, k]] * A[back[t, k], k] for k in range(K)]) * B[:, x[t]]
    path = np.zeros(T, int)
    path[-1] = d.argmax()
    for t in range(T - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return path
