"""The route of the kept units first, the cell's added in place."""


def zoneout_step_backward(dh_next, cache):
    keep, inside = cache
    dh = np.multiply(dh_next, keep)
    dx, through, dP = gru_step_backward(np.multiply(dh_next, np.subtract(1, keep)), inside)
    dh += through
    return (dx, dh, dP)
