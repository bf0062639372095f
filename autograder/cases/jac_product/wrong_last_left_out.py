"""The last factor, J_t, is left out."""
import numpy as np


def jac_product(J, s, t):
    B, H = J.shape[1:3]
    product = np.stack([np.eye(H)] * B)
    for k in range(s, t - 1):
        product = J[k] @ product
    return product
