"""Keeps the gradient of each step, and sums by einsum at the end."""


def code_every_step_backward(dhs, hs, e, M, W):
    dzs = np.zeros(hs.shape)
    for t in range(len(hs) - 1, -1, -1):
        delta = dhs[t] + (dzs[t + 1] @ W if t + 1 < len(hs) else 0)
        dzs[t] = (1 - hs[t]) * (1 + hs[t]) * delta
    return np.einsum("tbh,he->be", dzs, M), np.einsum("tbh,be->he", dzs, e), dzs[0] @ W
