"""The gate is a tanh, from -1 to 1. A gate is a logistic function, from 0 to 1."""
import numpy as np


def min_gru(x, h0, P):
    h, hs = h0, []
    for x_t in x:
        z = np.tanh(x_t @ P["V_z"].T + P["b_z"])
        h = z * h + (1 - z) * (x_t @ P["V_n"].T + P["b_n"])
        hs.append(h)
    return np.stack(hs)
