"""b_r and b_z on the side of the state: only their sum counts."""

def gru_to_torch(P, z_keeps="old"):
    none, flip = np.zeros_like(P["b_r"]), {"r": 1, "z": 1 if z_keeps == "old" else -1, "n": 1}
    V = np.concatenate([flip[gate] * P["V_" + gate] for gate in "rzn"])
    W = np.concatenate([flip[gate] * P["W_" + gate] for gate in "rzn"])
    ih, hh = np.concatenate([none, none, P["b_in"]]), np.concatenate([P["b_r"], flip["z"] * P["b_z"], P["b_hn"]])
    return {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": ih, "bias_hh_l0": hh}
