"""The norm is taken as the largest entry."""
import numpy as np


def clip_by_norm(grads, thr):
    norm = max(np.abs(g).max() for g in grads.values())
    if not np.isfinite(norm):
        raise FloatingPointError("a gradient is NaN or infinite")
    scale = thr / norm if norm > thr else 1.0
    return {name: g * scale for name, g in grads.items()}, norm
