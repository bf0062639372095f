"""V and W are joined along their columns. The gates stand one under the other, as blocks of rows."""
import numpy as np


def pack(P, order="ifgo"):
    return tuple(np.concatenate([P[f"{name}_{q}"] for q in order], axis=-1) for name in "VWb")
