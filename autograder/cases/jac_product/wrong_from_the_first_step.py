"""The product begins at the first step, whatever s says."""
import numpy as np


def jac_product(J, s, t):
    B, H = J.shape[1:3]
    product = np.stack([np.eye(H)] * B)
    for k in range(t):
        product = J[k] @ product
    return product
