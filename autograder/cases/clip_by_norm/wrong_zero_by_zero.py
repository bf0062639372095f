"""A gradient of zeros is divided by its norm, and becomes NaN."""
import numpy as np


def clip_by_norm(grads, thr):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    if not np.isfinite(norm):
        raise FloatingPointError("a gradient is NaN or infinite")
    with np.errstate(all="ignore"):
        scale = np.minimum(1.0, thr / norm) if norm != 0 else np.float64(0) / norm
    return {name: g * scale for name, g in grads.items()}, norm
