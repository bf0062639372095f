"""The names lack the number of the layer: weight_ih_l0 and so on."""
import numpy as np


def gru_to_torch(P):
    none = np.zeros_like(P["b_r"])
    V = np.concatenate([P["V_" + gate] for gate in "rzn"])
    W = np.concatenate([P["W_" + gate] for gate in "rzn"])
    ih, hh = np.concatenate([P["b_r"], P["b_z"], P["b_in"]]), np.concatenate([none, none, P["b_hn"]])
    return {"weight_ih": V, "weight_hh": W, "bias_ih": ih, "bias_hh": hh}
