"""The entries are limited to the range from 0 to c: the lower end is -c."""
import numpy as np


def clip_by_value(grads, c):
    return {name: np.clip(g, 0, c) for name, g in grads.items()}
