"""From the end: the chain as a Markov chain of conditional probabilities, walked forward."""


def crf_nll(scores, R, tags):
    T, K = scores.shape
    rest = np.zeros((T, K))
    for t in range(T - 1, 0, -1):
        rest[t - 1] = np.logaddexp.reduce(R + (scores[t] + rest[t])[None, :], axis=1)
    start = scores[0] + rest[0]
    log_Z = np.logaddexp.reduce(start)
    marginal, dR = np.zeros((T, K)), np.zeros((K, K))
    marginal[0] = np.exp(start - log_Z)
    for t in range(1, T):
        step = np.exp(R + scores[t] + rest[t] - rest[t - 1][:, None])
        pair = marginal[t - 1][:, None] * step
        marginal[t] = pair.sum(axis=0)
        dR += pair
        dR[tags[t - 1], tags[t]] -= 1
    nll = log_Z - np.take_along_axis(scores, np.asarray(tags)[:, None], 1).sum() - R[tags[:-1], tags[1:]].sum()
    return nll, marginal - (np.arange(K) == np.asarray(tags)[:, None]), dR
