"""Stacked on a new axis, then reshaped; float32."""

def to_torch(P):
    sd = {}
    for letter, name in (("V", "weight_ih_l0"), ("W", "weight_hh_l0"), ("b", "bias_ih_l0")):
        stack = np.array([P[f"{letter}_{gate}"] for gate in "ifgo"])
        sd[name] = stack.reshape(4 * stack.shape[1], *stack.shape[2:]).astype(np.float32)
    sd["bias_hh_l0"] = np.zeros_like(sd["bias_ih_l0"])
    return sd
