"""The argument forget_bias is ignored: it is always 1."""
import numpy as np


def init_lstm(D, H, rng, forget_bias=1.0):
    P, s = {}, np.sqrt(6 / (H + D))
    for q in "ifgo":
        P["V_" + q] = rng.uniform(-s, s, size=(H, D))
        Q, R = np.linalg.qr(rng.normal(size=(H, H)))
        P["W_" + q] = Q * np.sign(np.diag(R))
        P["b_" + q] = np.full(H, 1.0 if q == "f" else 0.0)
    return P
