"""One orthogonal matrix is made for all gates and cut in four. Its blocks are not orthogonal: make one for each gate."""
import numpy as np


def init_lstm(D, H, rng, forget_bias=1.0):
    P, s = {}, np.sqrt(6 / (H + D))
    tall, R = np.linalg.qr(rng.normal(size=(4 * H, H)))
    tall = tall * np.sign(np.diag(R))
    for k, q in enumerate("ifgo"):
        P["V_" + q] = rng.uniform(-s, s, size=(H, D))
        P["W_" + q] = tall[k * H : (k + 1) * H]
        P["b_" + q] = np.full(H, forget_bias if q == "f" else 0.0)
    return P
