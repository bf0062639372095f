"""Half of the bias in each place; arrays filled block by block."""

def to_torch(P):
    H, D = P["V_i"].shape
    sd = {"weight_ih_l0": np.empty((4 * H, D)), "weight_hh_l0": np.empty((4 * H, H)), "bias_ih_l0": np.empty(4 * H)}
    for k, gate in enumerate(["i", "f", "g", "o"]):
        sd["weight_ih_l0"][k * H : (k + 1) * H] = P["V_" + gate]
        sd["weight_hh_l0"][k * H : (k + 1) * H] = P["W_" + gate]
        sd["bias_ih_l0"][k * H : (k + 1) * H] = P["b_" + gate] / 2
    sd["bias_hh_l0"] = sd["bias_ih_l0"].copy()
    return sd
