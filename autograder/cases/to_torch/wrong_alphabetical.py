"""The gates are stacked in the order of the alphabet. Torch's order is i, f, g, o."""
import numpy as np


def to_torch(P):
    V, W, b = (np.concatenate([P[f"{name}_{gate}"] for gate in sorted("ifgo")]) for name in "VWb")
    return {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": b, "bias_hh_l0": np.zeros_like(b)}
