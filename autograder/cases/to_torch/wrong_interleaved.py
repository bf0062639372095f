"""The rows of the gates alternate, unit by unit. Torch has all rows of i first, then all of f."""
import numpy as np


def to_torch(P):
    V, W = (np.stack([P[f"{name}_{gate}"] for gate in "ifgo"], axis=1).reshape(-1, P[name + "_i"].shape[1]) for name in "VW")
    b = np.stack([P["b_" + gate] for gate in "ifgo"], axis=1).reshape(-1)
    return {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": b, "bias_hh_l0": np.zeros_like(b)}
