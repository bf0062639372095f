"""Adds what comes back to a copy of dhs."""

def gru_step_backward(dh_next, cache):
    x, h, P, reset, z_keeps, r, z, n, q = cache
    keep = z if z_keeps == "old" else 1 - z
    da_n = dh_next * (1 - keep) * (1 - n**2)
    dkeep = dh_next * (h - n)
    da_z = (dkeep if z_keeps == "old" else -dkeep) * z * (1 - z)
    dh = dh_next * keep
    dP = {}
    if reset == "after":
        du_n = da_n * r
        dr = da_n * q
        dh = dh + du_n @ P["W_n"]
        dP["W_n"], dP["b_hn"] = du_n.T @ h, du_n.sum(axis=0)
    else:
        dq = da_n @ P["W_n"]
        dr = dq * h
        dh = dh + dq * r
        dP["W_n"] = da_n.T @ q
    da_r = dr * r * (1 - r)
    dh = dh + da_r @ P["W_r"] + da_z @ P["W_z"]
    dx = da_r @ P["V_r"] + da_z @ P["V_z"] + da_n @ P["V_n"]
    for gate, da in (("r", da_r), ("z", da_z)):
        dP["W_" + gate] = da.T @ h
    for gate, bias, da in (("r", "b_r", da_r), ("z", "b_z", da_z), ("n", "b_in", da_n)):
        dP["V_" + gate], dP[bias] = da.T @ x, da.sum(axis=0)
    return dx, dh, dP


def gru_backward(dhs, cache):
    T = len(cache)
    total, grads, dx = np.concatenate([np.zeros_like(dhs[:1]), dhs]), None, [None] * T
    for t in range(T, 0, -1):
        dx[t - 1], back, step = gru_step_backward(total[t], cache[t - 1])
        total[t - 1] += back
        if grads is None:
            grads = step
        else:
            for key, value in step.items():
                grads[key] = grads[key] + value
    return np.array(dx), total[0], grads
