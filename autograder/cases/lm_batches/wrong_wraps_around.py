"""The last target of the text is its first symbol: it wrapped around. Nothing follows the last symbol."""
import numpy as np


def lm_batches(ids, T, B):
    width = len(ids) // B
    inputs = ids[: B * width].reshape(B, width).T
    targets = np.roll(ids, -1)[: B * width].reshape(B, width).T
    return [(inputs[t : t + T], targets[t : t + T]) for t in range(0, width, T)]
