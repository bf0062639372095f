"""The transposes are multiplied: this is the way of a gradient back, not the derivative of h_t by h_s."""
import numpy as np


def jac_product(J, s, t):
    B, H = J.shape[1:3]
    product = np.stack([np.eye(H)] * B)
    for k in range(s, t):
        product = J[k] @ product
    return np.swapaxes(product, -1, -2)
