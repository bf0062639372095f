"""h0 is left out: the recurrence starts from zeros.

Diagnosis: wrong_h0_ignored
"""

def scan_linear(a, b, h0):
    A, B = a.copy(), b.copy()
    step = 1
    while step < len(a):
        A2, B2 = A.copy(), B.copy()
        B2[step:] = A[step:] * B[:-step] + B[step:]
        A2[step:] = A[step:] * A[:-step]
        A, B, step = A2, B2, 2 * step
    return B
