"""The orthogonal matrices lean to one side: the signs that the QR decomposition chooses have to be mended."""
import numpy as np


def init_lstm(D, H, rng, forget_bias=1.0):
    P, s = {}, np.sqrt(6 / (H + D))
    for q in "ifgo":
        P["V_" + q] = rng.uniform(-s, s, size=(H, D))
        Q, R = np.linalg.qr(rng.normal(size=(H, H)))
        P["W_" + q] = Q
        P["b_" + q] = np.full(H, forget_bias if q == "f" else 0.0)
    return P
