"""Carries the state along and stops at each length; the gradient is added at the places."""


def last_valid(hs, lengths):
    out = np.zeros(hs.shape[1:])
    for t, h in enumerate(hs):
        out = np.where((t < np.asarray(lengths))[:, None], h, out)
    return out


def last_valid_backward(dlast, lengths, T):
    d = np.zeros((T, *dlast.shape))
    np.add.at(d, (np.asarray(lengths) - 1, np.arange(len(dlast))), dlast)
    return d
