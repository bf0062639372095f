"""The steps are J_s ... J_(t-1): one too early. J_k is J[k - 1]."""
import numpy as np


def jac_product(J, s, t):
    B, H = J.shape[1:3]
    product = np.stack([np.eye(H)] * B)
    for k in range(max(s - 1, 0), max(t - 1, 0)):
        product = J[k] @ product
    return product
