"""The last target of every piece is its own first symbol: it wrapped around within the piece."""
import numpy as np


def lm_batches(ids, T, B):
    width = (len(ids) - 1) // B
    inputs = ids[: B * width].reshape(B, width).T
    targets = ids[1 : B * width + 1].reshape(B, width).T
    return [(inputs[t : t + T], np.roll(inputs[t : t + T], -1, axis=0)) for t in range(0, width, T)]
