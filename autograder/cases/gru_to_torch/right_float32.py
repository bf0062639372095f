"""In float32, as torch has its weights."""

def gru_to_torch(P, z_keeps="old"):
    if z_keeps != "old":
        P = {name: np.negative(a) if name.endswith("_z") else a for name, a in P.items()}

    def stack(*names):
        return np.vstack([P[name] for name in names]).astype(np.float32)

    def row(*parts):
        return np.hstack(parts).astype(np.float32)

    zero = 0 * P["b_r"]
    return {
        "bias_hh_l0": row(zero, zero, P["b_hn"]),
        "bias_ih_l0": row(P["b_r"], P["b_z"], P["b_in"]),
        "weight_hh_l0": stack("W_r", "W_z", "W_n"),
        "weight_ih_l0": stack("V_r", "V_z", "V_n"),
    }
