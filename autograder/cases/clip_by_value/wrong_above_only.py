"""Only entries above c are limited, not those below -c."""
import numpy as np


def clip_by_value(grads, c):
    return {name: np.minimum(g, c) for name, g in grads.items()}
