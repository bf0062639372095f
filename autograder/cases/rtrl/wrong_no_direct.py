"""The direct derivative is missing, so the influence starts at zero and stays there."""
import numpy as np


def rtrl(x, h0, V, W, b, dhs):
    return np.zeros_like(W)
