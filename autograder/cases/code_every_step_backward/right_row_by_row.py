"""One sequence at a time, with outer products."""


def code_every_step_backward(dhs, hs, e, M, W):
    de, dM, dh0 = np.zeros(e.shape), np.zeros(M.shape), np.zeros(hs.shape[1:])
    for b in range(hs.shape[1]):
        back = np.zeros(hs.shape[2])
        for t in range(len(hs))[::-1]:
            dz = (1 - hs[t, b] ** 2) * (dhs[t, b] + back)
            back = W.T @ dz
            de[b] += M.T @ dz
            dM += np.outer(dz, e[b])
        dh0[b] = back
    return de, dM, dh0
