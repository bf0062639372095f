"""Half of b_r and b_z on each side."""

def gru_to_torch(P):
    none = np.zeros_like(P["b_r"])
    V = np.concatenate([P["V_" + gate] for gate in "rzn"])
    W = np.concatenate([P["W_" + gate] for gate in "rzn"])
    ih, hh = np.concatenate([P["b_r"] / 2, P["b_z"] / 2, P["b_in"]]), np.concatenate([P["b_r"] / 2, P["b_z"] / 2, P["b_hn"]])
    return {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": ih, "bias_hh_l0": hh}
