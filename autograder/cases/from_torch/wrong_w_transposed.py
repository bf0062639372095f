"""The blocks of W are transposed. Torch multiplies by the transpose of weight_hh, as you do by that of W."""
import numpy as np


def from_torch(sd):
    V, W = sd["weight_ih_l0"], sd["weight_hh_l0"]
    b = sd["bias_ih_l0"] + sd["bias_hh_l0"]
    H, P = W.shape[1], {}
    for k, gate in enumerate("ifgo"):
        rows = slice(k * H, k * H + H)
        P["V_" + gate], P["W_" + gate], P["b_" + gate] = V[rows], W[rows].T, b[rows]
    return P
