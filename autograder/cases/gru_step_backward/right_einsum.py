"""Sums by einsum; the gate gradients in a dict."""

def gru_step_backward(dh_next, cache):
    x, h, P, reset, z_keeps, r, z, n, q = cache
    old, new, sign = (z, 1 - z, 1) if z_keeps == "old" else (1 - z, z, -1)
    da = {"n": dh_next * new * (1 - n * n), "z": sign * dh_next * (h - n) * z * (1 - z)}
    if reset == "after":
        du, inside, dr, dh = da["n"] * r, h, da["n"] * q, dh_next * old
        dh = dh + np.einsum("bi,ij->bj", du, P["W_n"])
    else:
        du, inside = da["n"], r * h
        dq = np.einsum("bi,ij->bj", du, P["W_n"])
        dr, dh = dq * h, dh_next * old + dq * r
    da["r"] = dr * r * (1 - r)
    dP = {"W_n": np.einsum("bi,bj->ij", du, inside)}
    if "b_hn" in P:
        dP["b_hn"] = du.sum(0)
    dx = 0
    for g in "rzn":
        dP["V_" + g] = np.einsum("bi,bj->ij", da[g], x)
        dP["b_in" if g == "n" else "b_" + g] = da[g].sum(0)
        dx = dx + da[g] @ P["V_" + g]
        if g != "n":
            dP["W_" + g] = np.einsum("bi,bj->ij", da[g], h)
            dh = dh + da[g] @ P["W_" + g]
    return dx, dh, dP
