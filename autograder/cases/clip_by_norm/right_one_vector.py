"""Joins all entries in one vector, and scales it by a power of two."""

import numpy as np


def clip_by_norm(grads, thr):
    every = np.concatenate([np.ravel(g) for g in grads.values()]).astype(float)
    if np.isnan(every).any() or np.isinf(every).any():
        raise FloatingPointError("NaN or infinity")
    _, power = np.frexp(np.abs(every).max())
    norm = np.ldexp(np.linalg.norm(np.ldexp(every, -power)), power)
    if norm <= thr:
        return {k: np.array(g) for k, g in grads.items()}, norm
    return {k: np.array(g) * (thr / norm) for k, g in grads.items()}, norm
