"""The gates got an axis of their own. Join the blocks along the rows there are."""
import numpy as np


def pack(P, order="ifgo"):
    return tuple(np.stack([P[f"{name}_{q}"] for q in order]) for name in "VWb")
