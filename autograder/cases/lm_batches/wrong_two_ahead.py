"""The target is two symbols after the input."""
import numpy as np


def lm_batches(ids, T, B):
    width = (len(ids) - 2) // B
    inputs = ids[: B * width].reshape(B, width).T
    targets = ids[2 : B * width + 2].reshape(B, width).T
    return [(inputs[t : t + T], targets[t : t + T]) for t in range(0, width, T)]
