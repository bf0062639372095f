"""The gates are stacked as i, f, o, g. Torch's order is i, f, g, o."""
import numpy as np


def to_torch(P):
    V, W, b = (np.concatenate([P[f"{name}_{gate}"] for gate in "ifog"]) for name in "VWb")
    return {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": b, "bias_hh_l0": np.zeros_like(b)}
