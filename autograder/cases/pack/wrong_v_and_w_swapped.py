"""V and W are returned in each other's place."""
import numpy as np


def pack(P, order="ifgo"):
    return tuple(np.concatenate([P[f"{name}_{q}"] for q in order]) for name in "WVb")
