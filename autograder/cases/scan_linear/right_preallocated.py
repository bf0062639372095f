"""Doubling, written over in place, the state before the first step joined on its own."""


def scan_linear(a, b, h0, combine):
    A, B = np.array(a), np.array(b)
    _, B[:1] = combine(A[:1], B[:1], A[:1], h0[None])
    step = 1
    while step < len(A):
        A[step:], B[step:] = combine(A[step:].copy(), B[step:].copy(), A[:-step].copy(), B[:-step].copy())
        step *= 2
    return B
