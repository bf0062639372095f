"""The target is the symbol that was read itself: a model learns to copy. It is the symbol after it."""
import numpy as np


def lm_batches(ids, T, B):
    width = (len(ids) - 1) // B
    inputs = ids[: B * width].reshape(B, width).T
    targets = ids[: B * width].reshape(B, width).T
    return [(inputs[t : t + T], targets[t : t + T]) for t in range(0, width, T)]
