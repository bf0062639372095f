"""An outer product for each step of each sequence."""


def readout_backward(dys, hs, U):
    products = dys[:, :, :, None] * hs[:, :, None, :]
    return (dys[:, :, :, None] * U).sum(axis=2), products.sum(axis=1).sum(axis=0), dys.sum(axis=1).sum(axis=0)
