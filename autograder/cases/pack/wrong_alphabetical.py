"""The gates stand in the order of the alphabet. The argument order decides."""
import numpy as np


def pack(P, order="ifgo"):
    return tuple(np.concatenate([P[f"{name}_{q}"] for q in sorted(order)]) for name in "VWb")
