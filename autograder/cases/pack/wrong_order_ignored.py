"""The argument order is ignored: the gates always stand as i, f, g, o."""
import numpy as np


def pack(P, order="ifgo"):
    return tuple(np.concatenate([P[f"{name}_{q}"] for q in "ifgo"]) for name in "VWb")
