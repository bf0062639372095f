"""V and W are transposed. Each has the 4 H rows of its gates."""
import numpy as np


def pack(P, order="ifgo"):
    V, W, b = (np.concatenate([P[f"{name}_{q}"] for q in order]) for name in "VWb")
    return V.T, W.T, b
