"""itertools.accumulate over pairs."""

def scan_linear(a, b, h0):
    from itertools import accumulate

    steps = accumulate(zip(a, b), lambda h, step: step[0] * h + step[1], initial=h0)
    return np.array(list(steps)[1:])
