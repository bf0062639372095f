"""A whole piece of every stream is left out at the end."""
import numpy as np


def lm_batches(ids, T, B):
    width = (len(ids) - 1) // B
    inputs = ids[: B * width].reshape(B, width).T
    targets = ids[1 : B * width + 1].reshape(B, width).T
    return [(inputs[t : t + T], targets[t : t + T]) for t in range(0, max(width - T, 1), T)]
