"""In float32, as torch has its weights."""

def gru_to_torch(P):
    def stack(*names):
        return np.vstack([np.atleast_2d(P[name].T).T for name in names]).astype(np.float32)

    def row(*parts):
        return np.hstack(parts).astype(np.float32)

    zero = 0 * P["b_r"]
    return {
        "bias_hh_l0": row(zero, zero, P["b_hn"]),
        "bias_ih_l0": row(P["b_r"], P["b_z"], P["b_in"]),
        "weight_hh_l0": stack("W_r", "W_z", "W_n"),
        "weight_ih_l0": stack("V_r", "V_z", "V_n"),
    }
