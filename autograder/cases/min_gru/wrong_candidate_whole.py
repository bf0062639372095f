"""The candidate is added whole. Only the share 1 - z of it is new."""
import numpy as np


def min_gru(x, h0, P):
    h, hs = h0, []
    for x_t in x:
        z = 0.5 * (1 + np.tanh(0.5 * (x_t @ P["V_z"].T + P["b_z"])))
        h = z * h + x_t @ P["V_n"].T + P["b_n"]
        hs.append(h)
    return np.stack(hs)
