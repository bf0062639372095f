"""In loops over the batch."""


def last_valid(hs, lengths):
    return np.array([hs[n - 1, b] for b, n in enumerate(lengths)])


def last_valid_backward(dlast, lengths, T):
    d = np.zeros((T,) + dlast.shape)
    for b in range(len(lengths)):
        d[lengths[b] - 1, b, :] = dlast[b]
    return d
