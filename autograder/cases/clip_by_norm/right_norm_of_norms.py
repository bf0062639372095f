"""The norm of the norms, by math.hypot, which minds overflow itself."""

import math

import numpy as np


def clip_by_norm(grads, thr):
    if any(not np.all(np.isfinite(g)) for g in grads.values()):
        raise FloatingPointError("NaN or infinity")
    norm = math.hypot(*[math.hypot(*g.ravel().tolist()) for g in grads.values()])
    scale = 1.0 / max(1.0, norm / thr)
    out = {}
    for name in grads:
        out[name] = grads[name] * scale
    return out, float(norm)
