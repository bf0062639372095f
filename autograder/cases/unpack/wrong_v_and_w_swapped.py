"""V and W are named as each other."""
import numpy as np


def unpack(V, W, b, order="ifgo"):
    P = {}
    for name, stacked in (("V", W), ("W", V), ("b", b)):
        for q, block in zip(order, np.split(stacked, 4)):
            P[f"{name}_{q}"] = block.copy()
    return P
