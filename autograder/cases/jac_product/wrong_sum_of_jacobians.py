"""The Jacobians are added. Along one path derivatives multiply."""
import numpy as np


def jac_product(J, s, t):
    B, H = J.shape[1:3]
    product = np.stack([np.eye(H)] * B)
    for k in range(s, t):
        product = product + J[k]
    return product
