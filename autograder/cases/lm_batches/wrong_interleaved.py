"""Neighbouring columns read neighbouring symbols: a column has to read one contiguous part of the text."""
import numpy as np


def lm_batches(ids, T, B):
    width = (len(ids) - 1) // B
    inputs = ids[: B * width].reshape(width, B)
    targets = ids[1 : B * width + 1].reshape(width, B)
    return [(inputs[t : t + T], targets[t : t + T]) for t in range(0, width, T)]
