"""Both gates in one array."""


def mgu_step_backward(dh_next, cache):
    x, h, P, f, n = cache
    da_n = dh_next * f * (1 - n**2)
    ds = da_n @ P["W_n"]
    da_f = (dh_next * (n - h) + ds * h) * f * (1 - f)
    both = np.concatenate([da_f, da_n], axis=1)
    dV, db = both.T @ x, both.sum(axis=0)
    H = h.shape[1]
    dP = dict(V_f=dV[:H], V_n=dV[H:], b_f=db[:H], b_n=db[H:], W_f=da_f.T @ h, W_n=da_n.T @ (f * h))
    dx = both @ np.concatenate([P["V_f"], P["V_n"]])
    return dx, (1 - f) * dh_next + f * ds + da_f @ P["W_f"], dP
