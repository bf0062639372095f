"""The blocks of V and W are transposed. Leave them as they stand."""
import numpy as np


def unpack(V, W, b, order="ifgo"):
    P = {}
    for name, stacked in (("V", V), ("W", W), ("b", b)):
        for q, block in zip(order, np.split(stacked, 4)):
            P[f"{name}_{q}"] = block.T.copy()
    return P
