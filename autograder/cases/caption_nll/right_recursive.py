"""By recursion over the words."""

def score(h, read, captions, mask, Q):
    if len(captions) == 0:
        return np.zeros(len(h))
    h = np.tanh(Q["Y"][read] @ Q["V"].T + h @ Q["W"].T + Q["b"])
    y = h @ Q["U"].T + Q["c"]
    logp = y - np.logaddexp.reduce(y, axis=1)[:, None]
    own = -np.take_along_axis(logp, captions[0][:, None], 1)[:, 0] * mask[0]
    return own + score(h, captions[0], captions[1:], mask[1:], Q)


def caption_nll(h0, captions, mask, Q):
    return score(h0, np.full(captions.shape[1], len(Q["Y"]) - 1), captions, mask, Q)
