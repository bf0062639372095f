"""Keeps the arguments only, and computes the gates again in the backward pass."""

def sigmoid(a):
    return 0.5 * (1 + np.tanh(0.5 * a))


def gru_step(x, h, P, reset="after", z_keeps="old"):
    r, z = (sigmoid(x @ P["V_" + g].T + h @ P["W_" + g].T + P["b_" + g]) for g in "rz")
    s = r * (h @ P["W_n"].T + P["b_hn"]) if reset == "after" else (r * h) @ P["W_n"].T
    n = np.tanh(x @ P["V_n"].T + P["b_in"] + s)
    return (z * h + (1 - z) * n if z_keeps == "old" else z * n + (1 - z) * h), (x, h, P, reset, z_keeps)


def gru_step_backward(dh_next, cache):
    x, h, P, reset, z_keeps = cache
    after, old = reset == "after", z_keeps == "old"
    r, z = (sigmoid(x @ P["V_" + g].T + h @ P["W_" + g].T + P["b_" + g]) for g in "rz")
    q = h @ P["W_n"].T + P["b_hn"] if after else (r * h) @ P["W_n"].T
    n = np.tanh(x @ P["V_n"].T + P["b_in"] + (r * q if after else q))
    dn = dh_next * ((1 - z) if old else z)
    dz = dh_next * ((h - n) if old else (n - h))
    dh = dh_next * (z if old else (1 - z))
    da = {"n": dn * (1 - n**2), "z": dz * z * (1 - z)}
    through = (da["n"] * r if after else da["n"]) @ P["W_n"]
    dr = da["n"] * q if after else through * h
    dh += through if after else through * r
    da["r"] = dr * r * (1 - r)
    dh += da["r"] @ P["W_r"] + da["z"] @ P["W_z"]
    dP = {"V_" + g: da[g].T @ x for g in "rzn"}
    dP |= {"W_" + g: da[g].T @ h for g in "rz"} | {"b_" + g: da[g].sum(0) for g in "rz"}
    dP |= {"b_in": da["n"].sum(0), "W_n": (da["n"] * r).T @ h if after else da["n"].T @ (r * h)}
    if after:
        dP["b_hn"] = (da["n"] * r).sum(0)
    return sum(da[g] @ P["V_" + g] for g in "rzn"), dh, dP
