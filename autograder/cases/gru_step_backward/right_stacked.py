"""One product for all gates, with stacked weights and gradients."""

def gru_step_backward(dh_next, cache):
    x, h, P, reset, z_keeps, r, z, n, q = cache
    k = z if z_keeps == "old" else 1 - z
    an = (1 - k) * dh_next * (1 - n**2)
    az = dh_next * (h - n) * k * (1 - k) * (1 if z_keeps == "old" else -1)
    W = np.vstack([P["W_r"], P["W_z"], P["W_n"]])
    if reset == "after":
        ar = an * q * r * (1 - r)
        u = np.hstack([ar, az, an * r])
        dW, dh = u.T @ h, u @ W + k * dh_next
    else:
        dq = an @ P["W_n"]
        ar = dq * h * r * (1 - r)
        u = np.hstack([ar, az])
        dW = np.vstack([u.T @ h, an.T @ (r * h)])
        dh = u @ W[: u.shape[1]] + k * dh_next + dq * r
    a = np.hstack([ar, az, an])
    dV, db, H = a.T @ x, a.sum(0), h.shape[1]
    dP = {}
    for j, g in enumerate(("r", "z", "n")):
        rows = slice(j * H, (j + 1) * H)
        dP["V_" + g], dP["W_" + g], dP["b_in" if g == "n" else "b_" + g] = dV[rows], dW[rows], db[rows]
    if reset == "after":
        dP["b_hn"] = u[:, 2 * H :].sum(0)
    return a @ np.vstack([P["V_r"], P["V_z"], P["V_n"]]), dh, dP
