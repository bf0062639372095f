"""V and W follow the order, b does not: its entries stand as i, f, g, o."""
import numpy as np


def pack(P, order="ifgo"):
    V, W = (np.concatenate([P[f"{name}_{q}"] for q in order]) for name in "VW")
    return V, W, np.concatenate([P[f"b_{q}"] for q in "ifgo"])
