"""The blocks stand side by side. They belong one under the other, along the first axis."""
import numpy as np


def to_torch(P):
    V = np.concatenate([P["V_" + gate] for gate in "ifgo"], axis=1)
    W = np.concatenate([P["W_" + gate] for gate in "ifgo"], axis=1)
    b = np.concatenate([P["b_" + gate] for gate in "ifgo"])
    return {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": b, "bias_hh_l0": np.zeros_like(b)}
