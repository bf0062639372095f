"""b_in and b_hn have changed places: bias_hh belongs to the state, inside the reset gate."""
import numpy as np


def gru_to_torch(P):
    none = np.zeros_like(P["b_r"])
    V = np.concatenate([P["V_" + gate] for gate in "rzn"])
    W = np.concatenate([P["W_" + gate] for gate in "rzn"])
    ih, hh = np.concatenate([P["b_r"], P["b_z"], P["b_hn"]]), np.concatenate([none, none, P["b_in"]])
    return {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": ih, "bias_hh_l0": hh}
