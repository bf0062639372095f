"""All entries are scaled until the largest fits. Each entry is limited by itself."""
import numpy as np


def clip_by_value(grads, c):
    return {name: g * min(1.0, c / max(np.abs(g).max(), 1e-300)) for name, g in grads.items()}
