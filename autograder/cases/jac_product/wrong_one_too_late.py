"""The first factor is left out: the product begins with J_(s+1)."""
import numpy as np


def jac_product(J, s, t):
    B, H = J.shape[1:3]
    product = np.stack([np.eye(H)] * B)
    for k in range(s + 1, t):
        product = J[k] @ product
    return product
