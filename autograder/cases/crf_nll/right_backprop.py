"""By backpropagation through the forward recursion: no right side is needed."""


def crf_nll(scores, R, tags):
    T, K = scores.shape
    steps, total = [], scores[0]
    for t in range(1, T):
        ways = total[:, None] + R
        new = np.logaddexp.reduce(ways, axis=0)
        steps.append(np.exp(ways - new))
        total = new + scores[t]
    log_Z = np.logaddexp.reduce(total)
    d = np.exp(total - log_Z)
    dscores, dR = np.zeros((T, K)), np.zeros((K, K))
    for t in range(T - 1, 0, -1):
        dscores[t] = d
        dR += steps[t - 1] * d
        d = steps[t - 1] @ d
    dscores[0] = d
    own = 0.0
    for t, k in enumerate(tags):
        own += scores[t, k]
        dscores[t, k] -= 1
        if t:
            own += R[tags[t - 1], k]
            dR[tags[t - 1], k] -= 1
    return log_Z - own, dscores, dR
