"""With probabilities, scaled at every step, after the largest scores have been taken out."""


def crf_nll(scores, R, tags):
    T, K = scores.shape
    top, tops = R.max(), scores.max(axis=1)
    with np.errstate(divide="ignore"):
        log_emit, log_move = scores - tops[:, None], R - top
    first = [log_emit[0]]
    for t in range(1, T):
        ways = first[-1][:, None] + log_move
        m = ways.max(axis=0)
        first.append(log_emit[t] + m + np.log(np.exp(ways - m).sum(axis=0)))
    last = [np.zeros(K)]
    for t in range(T - 1, 0, -1):
        ways = log_move + log_emit[t] + last[0]
        m = ways.max(axis=1)
        last.insert(0, m + np.log(np.exp(ways - m[:, None]).sum(axis=1)))
    end = first[-1].max() + np.log(np.exp(first[-1] - first[-1].max()).sum())
    pairs = [np.exp(a[:, None] + log_move + e + b - end) for a, e, b in zip(first, log_emit[1:], last[1:])]
    hot = np.eye(K)[tags]
    seen = sum((np.outer(one, other) for one, other in zip(hot, hot[1:])), np.zeros((K, K)))
    own = sum(R[j, k] for j, k in zip(tags, tags[1:])) + (hot * scores).sum()
    return end + tops.sum() + (T - 1) * top - own, np.exp(np.array(first) + np.array(last) - end) - hot, sum(pairs, -seen)
