"""Divide and conquer: pairs of steps are joined, the half as long problem is solved, the odd steps are filled in."""

def scan_linear(a, b, h0):
    if len(a) == 1:
        return a * h0 + b
    even = len(a) // 2 * 2
    A = a[1:even:2] * a[0:even:2]
    B = a[1:even:2] * b[0:even:2] + b[1:even:2]
    hs = np.empty(b.shape, b.dtype)
    hs[1:even:2] = scan_linear(A, B, h0)
    hs[0] = a[0] * h0 + b[0]
    hs[2::2] = a[2::2] * hs[1:-1:2] + b[2::2]
    return hs
