"""Only entries below -c are limited, not those above c."""
import numpy as np


def clip_by_value(grads, c):
    return {name: np.maximum(g, -c) for name, g in grads.items()}
