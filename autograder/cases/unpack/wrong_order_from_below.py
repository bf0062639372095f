"""The blocks are taken from the bottom up. order names them from the top down."""
import numpy as np


def unpack(V, W, b, order="ifgo"):
    P = {}
    for name, stacked in (("V", V), ("W", W), ("b", b)):
        for q, block in zip(reversed(order), np.split(stacked, 4)):
            P[f"{name}_{q}"] = block.copy()
    return P
