"""One product for gate and candidate, their matrices stacked; the logistic function by cases, with no overflow."""

def logistic(a):
    e = np.exp(-np.abs(a))
    return np.where(a >= 0, 1 / (1 + e), e / (1 + e))


def min_gru(x, h0, P):
    M, c = np.vstack([P["V_z"], P["V_n"]]), np.hstack([P["b_z"], P["b_n"]])
    both = x @ M.T + c
    H = h0.shape[1]
    z, n = logistic(both[..., :H]), both[..., H:]
    hs = [h0]
    for z_t, n_t in zip(z, n):
        hs.append(n_t + z_t * (hs[-1] - n_t))
    return np.array(hs[1:])
