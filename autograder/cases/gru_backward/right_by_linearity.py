"""One backward pass for each loss, and the results added: it is linear in dhs."""

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
    dx, dh0, dP = 0, 0, {}
    for s in range(T):
        dh, part = dhs[s], [np.zeros_like(c[0]) for c in cache]
        for t in range(s, -1, -1):
            part[t], dh, step = gru_step_backward(dh, cache[t])
            for key, value in step.items():
                dP[key] = dP.get(key, 0) + value
        dx, dh0 = dx + np.stack(part), dh0 + dh
    return dx, dh0, dP
