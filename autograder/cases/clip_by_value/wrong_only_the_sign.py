"""Every entry becomes c or -c: only those outside the range do."""
import numpy as np


def clip_by_value(grads, c):
    return {name: c * np.sign(g) for name, g in grads.items()}
