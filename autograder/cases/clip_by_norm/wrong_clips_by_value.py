"""The entries are limited one by one. That is clipping by value, and turns the direction."""
import numpy as np


def clip_by_norm(grads, thr):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    if not np.isfinite(norm):
        raise FloatingPointError("a gradient is NaN or infinite")
    scale = thr / norm if norm > thr else 1.0
    return {name: np.clip(g, -thr, thr) for name, g in grads.items()}, norm
