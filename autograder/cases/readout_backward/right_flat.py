"""Time and batch as one axis, one product for each."""


def readout_backward(dys, hs, U):
    dy, h = dys.reshape(-1, dys.shape[-1]), hs.reshape(-1, hs.shape[-1])
    return (dy @ U).reshape(hs.shape), dy.T @ h, dy.sum(axis=0)
