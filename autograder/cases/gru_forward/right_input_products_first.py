"""All input products before the loop, and the step written out."""

def gru_forward(x, h0, P, reset="after", z_keeps="old"):
    def sigma(a):
        return 0.5 * (1 + np.tanh(a / 2))

    a = {g: x @ P["V_" + g].T + P["b_in" if g == "n" else "b_" + g] for g in "rzn"}
    hs = [h0]
    for t in range(len(x)):
        h = hs[-1]
        r, z = (sigma(a[g][t] + h @ P["W_" + g].T) for g in "rz")
        s = r * (h @ P["W_n"].T + P["b_hn"]) if reset == "after" else (r * h) @ P["W_n"].T
        n = np.tanh(a["n"][t] + s)
        keep = z if z_keeps == "old" else 1 - z
        hs.append(n + keep * (h - n))
    return np.array(hs[1:]), (x, hs, P, reset, z_keeps)
