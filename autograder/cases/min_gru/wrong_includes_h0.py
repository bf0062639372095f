"""h0 is returned as the first of the states, and the last one is missing. The first is that after the first input."""
import numpy as np


def min_gru(x, h0, P):
    h, hs = h0, [h0]
    for x_t in x[:-1]:
        z = 0.5 * (1 + np.tanh(0.5 * (x_t @ P["V_z"].T + P["b_z"])))
        h = z * h + (1 - z) * (x_t @ P["V_n"].T + P["b_n"])
        hs.append(h)
    return np.stack(hs)
