"""The text is read from its end."""
import numpy as np


def lm_batches(ids, T, B):
    width = (len(ids) - 1) // B
    ids = ids[::-1]
    inputs = ids[: B * width].reshape(B, width).T
    targets = ids[1 : B * width + 1].reshape(B, width).T
    return [(inputs[t : t + T], targets[t : t + T]) for t in range(0, width, T)]
