"""The stacked weights are transposed: they should be (4H, D) and (4H, H), four blocks of rows."""
import numpy as np


def to_torch(P):
    V, W, b = (np.concatenate([P[f"{name}_{gate}"] for gate in "ifgo"]) for name in "VWb")
    return {"weight_ih_l0": V.T, "weight_hh_l0": W.T, "bias_ih_l0": b, "bias_hh_l0": np.zeros_like(b)}
