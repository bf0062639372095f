"""The gates are stacked as n, z, r. Torch has r, z, n."""
import numpy as np


def gru_to_torch(P):
    none = np.zeros_like(P["b_r"])
    V = np.concatenate([P["V_" + gate] for gate in "nzr"])
    W = np.concatenate([P["W_" + gate] for gate in "nzr"])
    ih, hh = np.concatenate([P["b_in"], P["b_z"], P["b_r"]]), np.concatenate([P["b_hn"], none, none])
    return {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": ih, "bias_hh_l0": hh}
