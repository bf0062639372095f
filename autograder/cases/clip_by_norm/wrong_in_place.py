"""The arguments are changed in place: return new arrays.

Diagnosis: changes-argument"""
import numpy as np


def clip_by_norm(grads, thr):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    if not np.isfinite(norm):
        raise FloatingPointError("a gradient is NaN or infinite")
    scale = thr / norm if norm > thr else 1.0
    for g in grads.values():
        if g.flags.writeable:
            g *= scale
    return {name: g if g.flags.writeable else g * scale for name, g in grads.items()}, norm
