"""The slopes multiply the columns of W. Row i of the Jacobian belongs to entry i of the new state, and so does its slope."""
import numpy as np


def jacobians(hs, W):
    slope = 1 - hs**2
    return W * slope[..., None, :]
