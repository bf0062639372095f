"""Carries the state along and stops at each length."""

def last_valid(hs, lengths):
    out = np.zeros(hs.shape[1:])
    for t, h in enumerate(hs):
        out = np.where((t < np.asarray(lengths))[:, None], h, out)
    return out
