"""A new axis for the gates; biases added gate by gate."""

def from_torch(sd):
    H = sd["bias_ih_l0"].size // 4
    V, W = sd["weight_ih_l0"].reshape(4, H, -1), sd["weight_hh_l0"].reshape(4, H, H)
    c, d = sd["bias_ih_l0"].reshape(4, H), sd["bias_hh_l0"].reshape(4, H)
    P = {}
    for k, gate in enumerate(("i", "f", "g", "o")):
        P |= {"b_" + gate: c[k] + d[k], "W_" + gate: W[k].copy(), "V_" + gate: V[k].copy()}
    return P
