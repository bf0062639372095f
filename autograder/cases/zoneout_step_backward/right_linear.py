"""The backward pass is linear: that of everything, less that of what was kept."""


def zoneout_step_backward(dh_next, cache):
    keep, inside = cache
    whole, less = gru_step_backward(dh_next, inside), gru_step_backward(keep * dh_next, inside)
    dP = {key: whole[2][key] - less[2][key] for key in whole[2]}
    return whole[0] - less[0], whole[1] - less[1] + keep * dh_next, dP
