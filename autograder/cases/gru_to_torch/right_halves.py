"""Half of b_r and b_z on each side, and a flipped copy of the weights."""

def gru_to_torch(P, z_keeps="old"):
    P = dict(P)
    if z_keeps == "new":
        P["V_z"], P["W_z"], P["b_z"] = -P["V_z"], -P["W_z"], -P["b_z"]
    half = np.concatenate([P["b_r"], P["b_z"]]) / 2
    return {
        "weight_ih_l0": np.concatenate([P["V_" + gate] for gate in "rzn"]),
        "weight_hh_l0": np.concatenate([P["W_" + gate] for gate in "rzn"]),
        "bias_ih_l0": np.concatenate([half, P["b_in"]]),
        "bias_hh_l0": np.concatenate([half, P["b_hn"]]),
    }
