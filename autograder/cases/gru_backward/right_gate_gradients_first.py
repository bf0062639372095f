"""Keeps all gates in arrays, collects the gate gradients, and multiplies once at the end."""

def gru_forward(x, h0, P, reset="after", z_keeps="old"):
    def sigma(a):
        return 0.5 * (1 + np.tanh(a / 2))

    hs, gates = [h0], []
    for x_t in x:
        h = hs[-1]
        r, z = (sigma(x_t @ P["V_" + g].T + h @ P["W_" + g].T + P["b_" + g]) for g in "rz")
        q = h @ P["W_n"].T + P["b_hn"] if reset == "after" else r * h
        n = np.tanh(x_t @ P["V_n"].T + P["b_in"] + (r * q if reset == "after" else q @ P["W_n"].T))
        keep = z if z_keeps == "old" else 1 - z
        gates.append((r, keep, n, q))
        hs.append((1 - keep) * n + keep * h)
    return np.stack(hs[1:]), (x, hs, gates, P, reset, z_keeps)


def gru_backward(dhs, cache):
    x, hs, gates, P, reset, z_keeps = cache
    d = {g: np.empty_like(dhs) for g in ("r", "z", "n", "u")}
    carry = np.zeros_like(hs[0])
    for t in range(len(x) - 1, -1, -1):
        (r, keep, n, q), h, dh = gates[t], hs[t], dhs[t] + carry
        d["n"][t] = an = dh * (1 - keep) * (1 - n * n)
        d["z"][t] = az = dh * (h - n) * keep * (1 - keep) * (1 if z_keeps == "old" else -1)
        carry = dh * keep + az @ P["W_z"]
        d["u"][t] = u = an * r if reset == "after" else an
        back = u @ P["W_n"]
        d["r"][t] = ar = (an * q if reset == "after" else back * h) * r * (1 - r)
        carry += (back if reset == "after" else back * r) + ar @ P["W_r"]
    before = np.stack(hs[:-1])
    inside = before if reset == "after" else np.stack([g[3] for g in gates])
    dP = {"V_" + g: np.einsum("tbi,tbj->ij", d[g], x) for g in "rzn"}
    dP |= {"W_" + g: np.einsum("tbi,tbj->ij", d[g], before) for g in "rz"}
    dP |= {"W_n": np.einsum("tbi,tbj->ij", d["u"], inside), "b_in": d["n"].sum((0, 1))}
    dP |= {"b_" + g: d[g].sum((0, 1)) for g in "rz"}
    if reset == "after":
        dP["b_hn"] = d["u"].sum((0, 1))
    return sum(d[g] @ P["V_" + g] for g in "rzn"), carry, dP
