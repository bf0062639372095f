"""The absolute values are limited, and the signs are lost."""
import numpy as np


def clip_by_value(grads, c):
    return {name: np.minimum(np.abs(g), c) for name, g in grads.items()}
