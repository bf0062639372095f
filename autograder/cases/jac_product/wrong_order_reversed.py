"""The factors stand in the reverse order. Matrices do not commute: the later step stands on the left."""
import numpy as np


def jac_product(J, s, t):
    B, H = J.shape[1:3]
    product = np.stack([np.eye(H)] * B)
    for k in range(s, t):
        product = product @ J[k]
    return product
