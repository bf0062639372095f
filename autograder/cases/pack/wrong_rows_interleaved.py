"""The rows of the gates alternate. Each gate is one block of H rows."""
import numpy as np


def pack(P, order="ifgo"):
    V, W, b = (np.stack([P[f"{name}_{q}"] for q in order], axis=1) for name in "VWb")
    return V.reshape(-1, V.shape[-1]), W.reshape(-1, W.shape[-1]), b.reshape(-1)
