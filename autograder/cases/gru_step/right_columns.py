"""In columns, as the book writes it: one sequence at a time."""

def gru_step(x, h, P, reset="after", z_keeps="old"):
    def sigma(v):
        return np.exp(-np.logaddexp(0, -v))

    rows = []
    for xb, hb in zip(x, h):
        r = sigma(P["W_r"] @ hb + P["V_r"] @ xb + P["b_r"])
        z = sigma(P["W_z"] @ hb + P["V_z"] @ xb + P["b_z"])
        if reset == "after":
            n = np.tanh(P["V_n"] @ xb + P["b_in"] + r * (P["W_n"] @ hb + P["b_hn"]))
        else:
            n = np.tanh(P["V_n"] @ xb + P["b_in"] + P["W_n"] @ (r * hb))
        rows.append((1 - z) * n + z * hb if z_keeps == "old" else z * n + (1 - z) * hb)
    return np.array(rows), None
