"""By recursion over the steps, from the end."""


def sent_back(dhs, hs, W):
    if len(hs) == 0:
        return []
    later = sent_back(dhs[1:], hs[1:], W)
    arrives = dhs[0] + (later[0] @ W if later else 0)
    return [(1 - hs[0] ** 2) * arrives, *later]


def code_every_step_backward(dhs, hs, e, M, W):
    dzs = sent_back(dhs, hs, W)
    total = np.sum(dzs, axis=0)
    return np.matmul(total, M), np.matmul(total.T, e), np.matmul(dzs[0], W)
