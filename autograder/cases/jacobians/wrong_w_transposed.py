"""W is transposed: entry (i, j) is the derivative of the new state i by the old state j."""
import numpy as np


def jacobians(hs, W):
    slope = 1 - hs**2
    return slope[..., None] * W.T
