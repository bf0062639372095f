"""The gates stand from the bottom up. order names them from the top down."""
import numpy as np


def pack(P, order="ifgo"):
    return tuple(np.concatenate([P[f"{name}_{q}"] for q in reversed(order)]) for name in "VWb")
