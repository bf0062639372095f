"""The pieces overlap: symbols are targets several times."""
import numpy as np


def lm_batches(ids, T, B):
    width = (len(ids) - 1) // B
    inputs = ids[: B * width].reshape(B, width).T
    targets = ids[1 : B * width + 1].reshape(B, width).T
    return [(inputs[t : t + T], targets[t : t + T]) for t in range(0, width, max(T // 2, 1) if T > 1 else 2)]
