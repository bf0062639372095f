"""The scan of Hillis and Steele: each round joins a state with one twice as far back."""

def scan_linear(a, b, h0):
    A, B = a.copy(), b.copy()
    step = 1
    while step < len(a):
        B = np.concatenate([B[:step], A[step:] * B[:-step] + B[step:]])
        A = np.concatenate([A[:step], A[step:] * A[:-step]])
        step *= 2
    return A * h0 + B
