"""Row by row of the mask, the cell at once."""


def zoneout_step_backward(dh_next, cache):
    keep, inside = cache
    keep = np.broadcast_to(keep, dh_next.shape)
    out = np.array([[g * (1 - k) for g, k in zip(*row)] for row in zip(dh_next, keep)])
    dx, dh, dP = gru_step_backward(out, inside)
    return dx, dh + np.array([[g * k for g, k in zip(*row)] for row in zip(dh_next, keep)]), dP
