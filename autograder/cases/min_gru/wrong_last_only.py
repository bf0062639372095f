"""Only the last state is returned, not all of them."""
import numpy as np


def min_gru(x, h0, P):
    h = h0
    for x_t in x:
        z = 0.5 * (1 + np.tanh(0.5 * (x_t @ P["V_z"].T + P["b_z"])))
        h = z * h + (1 - z) * (x_t @ P["V_n"].T + P["b_n"])
    return h
