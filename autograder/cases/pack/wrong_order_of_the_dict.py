"""The gates stand in the order of the dict. The argument order decides."""
import numpy as np


def pack(P, order="ifgo"):
    return tuple(np.concatenate([P[key] for key in P if key.startswith(name)]) for name in "VWb")
