"""In long double, with a millionth in the denominator, as libraries have it."""

import numpy as np


def clip_by_norm(grads, thr):
    total = 0.0
    for g in grads.values():
        wide = np.asarray(g, np.longdouble).ravel()
        total = total + wide @ wide
    norm = float(np.sqrt(total))
    if not np.isfinite(norm):
        raise FloatingPointError("not finite")
    factor = min(1.0, thr / (norm + 1e-6))
    return {name: factor * g for name, g in grads.items()}, norm
