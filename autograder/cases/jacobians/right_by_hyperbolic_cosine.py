"""The slope from the pre-activation, as one over the square of cosh."""

def jacobians(hs, W):
    slope = np.zeros_like(hs)
    inside = np.abs(hs) < 1
    slope[inside] = 1 / np.cosh(np.arctanh(hs[inside])) ** 2
    return slope[:, :, :, np.newaxis] * W[np.newaxis, np.newaxis]
