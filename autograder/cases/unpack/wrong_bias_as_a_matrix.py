"""The biases got a second axis. b_q has the shape (H,)."""
import numpy as np


def unpack(V, W, b, order="ifgo"):
    P = {}
    for name, stacked in (("V", V), ("W", W), ("b", b)):
        for q, block in zip(order, np.split(stacked, 4)):
            P[f"{name}_{q}"] = block.copy() if name != "b" else block[:, None].copy()
    return P
