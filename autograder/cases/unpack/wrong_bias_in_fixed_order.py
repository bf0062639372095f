"""V and W follow the order, b does not: its blocks are taken as i, f, g, o."""
import numpy as np


def unpack(V, W, b, order="ifgo"):
    P = {}
    for name, stacked in (("V", V), ("W", W), ("b", b)):
        for q, block in zip("ifgo" if name == "b" else order, np.split(stacked, 4)):
            P[f"{name}_{q}"] = block.copy()
    return P
