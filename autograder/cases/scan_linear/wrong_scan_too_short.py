"""The doubling scan stops too early: a state feels the steps next to it, and not those far back."""

def scan_linear(a, b, h0):
    A, B = a.copy(), b.copy()
    B[0] = a[0] * h0 + b[0]
    A[0] = 0
    step = 1
    while 2 * step < len(a):
        old, B = B, B.copy()
        B[step:] = A[step:] * old[:-step] + old[step:]
        A = np.concatenate([A[:step], A[step:] * A[:-step]])
        step *= 2
    return B
