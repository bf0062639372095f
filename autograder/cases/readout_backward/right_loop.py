"""Step by step, added up."""


def readout_backward(dys, hs, U):
    dhs, dU, dc = np.zeros(hs.shape), np.zeros(U.shape), np.zeros(len(U))
    for t in range(len(hs)):
        dhs[t] = dys[t] @ U
        dU += dys[t].T @ hs[t]
        dc += dys[t].sum(axis=0)
    return dhs, dU, dc
