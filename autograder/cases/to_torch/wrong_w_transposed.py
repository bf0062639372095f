"""The blocks of W are transposed. Torch multiplies by the transpose of weight_hh, as you do by that of W."""
import numpy as np


def to_torch(P):
    V, W, b = (np.concatenate([P[f"{name}_{gate}"] for gate in "ifgo"]) for name in "VWb")
    W = np.concatenate([P["W_" + gate].T for gate in "ifgo"])
    return {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": b, "bias_hh_l0": np.zeros_like(b)}
