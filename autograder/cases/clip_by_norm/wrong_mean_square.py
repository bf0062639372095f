"""The norm is that of the mean square. The squares are summed, not averaged."""
import numpy as np


def clip_by_norm(grads, thr):
    norm = np.sqrt(np.mean(np.concatenate([g.ravel() ** 2 for g in grads.values()])))
    if not np.isfinite(norm):
        raise FloatingPointError("a gradient is NaN or infinite")
    scale = thr / norm if norm > thr else 1.0
    return {name: g * scale for name, g in grads.items()}, norm
