"""The blocks are taken in the order of the alphabet. The argument order decides."""
import numpy as np


def unpack(V, W, b, order="ifgo"):
    P = {}
    for name, stacked in (("V", V), ("W", W), ("b", b)):
        for q, block in zip(sorted(order), np.split(stacked, 4)):
            P[f"{name}_{q}"] = block.copy()
    return P
