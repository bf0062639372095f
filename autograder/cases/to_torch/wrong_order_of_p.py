"""The gates are stacked in the order in which P names them, which means nothing. Torch's order is i, f, g, o."""
import numpy as np


def to_torch(P):
    V, W, b = (np.concatenate([value for key, value in P.items() if key[0] == name]) for name in "VWb")
    return {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": b, "bias_hh_l0": np.zeros_like(b)}
