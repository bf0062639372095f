"""By np.tensordot, and c as the weight of a unit that is always 1."""


def readout_backward(dys, hs, U):
    longer = np.concatenate([hs, np.ones((*hs.shape[:2], 1))], axis=-1)
    d = np.tensordot(dys, longer, axes=((0, 1), (0, 1)))
    return np.tensordot(dys, U, axes=1), d[:, :-1], d[:, -1]
