"""The arguments are changed in place: return new arrays.

Diagnosis: changes-argument"""
import numpy as np


def clip_by_value(grads, c):
    for g in grads.values():
        if g.flags.writeable:
            np.clip(g, -c, c, out=g)
    return {name: np.clip(g, -c, c) for name, g in grads.items()}
