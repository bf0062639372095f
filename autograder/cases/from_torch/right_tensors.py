"""By way of torch, chunk; the result is tensors."""

def from_torch(sd):
    P = {}
    for letter, keys in {"V": ["weight_ih_l0"], "W": ["weight_hh_l0"], "b": ["bias_ih_l0", "bias_hh_l0"]}.items():
        stacked = sum(torch.tensor(sd[key]) for key in keys)
        for gate, block in zip("ifgo", stacked.chunk(4)):
            P[f"{letter}_{gate}"] = block
    return P
