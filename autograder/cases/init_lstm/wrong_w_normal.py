"""W is drawn from a normal law. It has to be orthogonal."""
import numpy as np


def init_lstm(D, H, rng, forget_bias=1.0):
    P, s = {}, np.sqrt(6 / (H + D))
    for q in "ifgo":
        P["V_" + q] = rng.uniform(-s, s, size=(H, D))
        P["W_" + q] = rng.normal(size=(H, H)) / np.sqrt(H)
        P["b_" + q] = np.full(H, forget_bias if q == "f" else 0.0)
    return P
