"""The gradient is scaled by its norm. That is the other clip."""
import numpy as np


def clip_by_value(grads, c):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    return {name: g * min(1.0, c / norm if norm else 1.0) for name, g in grads.items()}
