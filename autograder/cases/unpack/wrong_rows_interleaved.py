"""Every fourth row goes to a gate. Each gate is one block of H rows."""
import numpy as np


def unpack(V, W, b, order="ifgo"):
    P = {}
    for name, stacked in (("V", V), ("W", W), ("b", b)):
        for q, block in zip(order, [stacked[k::4] for k in range(4)]):
            P[f"{name}_{q}"] = block.copy()
    return P
