"""The arrays are taken in the order of the dict. Take them by name."""
import numpy as np


def from_torch(sd):
    V, W, b, c = sd.values()
    P = {}
    for k, gate in enumerate("ifgo"):
        H = len(V) // 4
        rows = slice(k * H, k * H + H)
        P["V_" + gate], P["W_" + gate], P["b_" + gate] = V[rows], W[rows], b[rows] + c[rows]
    return P
