"""Every gate gets the first block: the rows of the others are never read."""
import numpy as np


def unpack(V, W, b, order="ifgo"):
    P = {}
    for name, stacked in (("V", V), ("W", W), ("b", b)):
        for q, block in zip(order, [stacked[: len(stacked) // 4]] * 4):
            P[f"{name}_{q}"] = block.copy()
    return P
