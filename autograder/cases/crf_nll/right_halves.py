"""By halves: the weights of all sequences between every pair of tags, which is also how a scan would do it."""


def joined(one, other):
    return np.logaddexp.reduce(one[:, :, None] + other[None, :, :], axis=1)


def crf_nll(scores, R, tags):
    T, K = scores.shape
    steps = [np.broadcast_to(scores[0], (1, K)), *(R + s for s in scores[1:])]
    before, after = [steps[0]], [np.zeros((K, 1))]
    for step in steps[1:]:
        before.append(joined(before[-1], step))
    for step in steps[:0:-1]:
        after.insert(0, joined(step, after[0]))
    log_Z = float(joined(before[-1], after[-1])[0, 0])
    dscores = np.concatenate(before) + np.concatenate(after, axis=1).T - log_Z
    dscores, dR = np.exp(dscores), np.zeros((K, K))
    for a, step, b in zip(before, steps[1:], after[1:]):
        dR = dR + np.exp(a.T + step + b.T - log_Z)
    own = scores[0, tags[0]] + sum(step[j, k] for step, j, k in zip(steps[1:], tags, tags[1:]))
    for j, k in zip(tags, tags[1:]):
        dR[j, k] -= 1
    return log_Z - own, dscores - np.eye(K)[tags], dR
