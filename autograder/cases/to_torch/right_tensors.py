"""Tensors, by torch.cat."""

def to_torch(P):
    def rows(letter):
        return torch.cat([torch.from_numpy(P[f"{letter}_{gate}"]) for gate in "ifgo"])

    b = rows("b")
    return {"weight_ih_l0": rows("V"), "weight_hh_l0": rows("W"), "bias_ih_l0": b, "bias_hh_l0": torch.zeros_like(b)}
