"""The slope of tanh is missing: the Jacobian is not W alone."""
import numpy as np


def jacobians(hs, W):
    slope = 1 - hs**2
    return np.ones_like(slope)[..., None] * W
