"""The product starts from a matrix of ones. The empty product is the identity."""
import numpy as np


def jac_product(J, s, t):
    B, H = J.shape[1:3]
    product = np.ones(J.shape[1:])
    for k in range(s, t):
        product = J[k] @ product
    return product
