"""The gradient is scaled to the threshold even where it is shorter: below the threshold nothing changes."""
import numpy as np


def clip_by_norm(grads, thr):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    if not np.isfinite(norm):
        raise FloatingPointError("a gradient is NaN or infinite")
    scale = thr / norm if norm > 0 else 1.0
    return {name: g * scale for name, g in grads.items()}, norm
