"""Each input is added to its own state only. It stays in the state, and each later a multiplies it again."""
import numpy as np


def scan_linear(a, b, h0):
    return np.cumprod(a, axis=0) * h0 + b
