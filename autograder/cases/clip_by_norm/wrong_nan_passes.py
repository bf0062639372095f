"""NaN or infinity in a gradient goes unheard."""
import numpy as np


def clip_by_norm(grads, thr):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    scale = thr / norm if norm > thr else 1.0
    return {name: g * scale for name, g in grads.items()}, norm
