"""The names lack the number of the layer: weight_ih_l0, and not weight_ih."""
import numpy as np


def to_torch(P):
    V, W, b = (np.concatenate([P[f"{name}_{gate}"] for gate in "ifgo"]) for name in "VWb")
    return {"weight_ih": V, "weight_hh": W, "bias_ih": b, "bias_hh": np.zeros_like(b)}
