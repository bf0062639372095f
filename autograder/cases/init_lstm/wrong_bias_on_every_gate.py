"""The forget bias is on every gate."""
import numpy as np


def init_lstm(D, H, rng, forget_bias=1.0):
    P, s = {}, np.sqrt(6 / (H + D))
    for q in "ifgo":
        P["V_" + q] = rng.uniform(-s, s, size=(H, D))
        Q, R = np.linalg.qr(rng.normal(size=(H, H)))
        P["W_" + q] = Q * np.sign(np.diag(R))
        P["b_" + q] = np.full(H, float(forget_bias))
    return P
