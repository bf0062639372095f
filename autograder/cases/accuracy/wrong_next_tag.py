"""Each tag is compared with that of the next word."""
import numpy as np


def accuracy(scores, gold, mask):
    right = (scores.argmax(axis=-1) == np.roll(gold, -1, axis=0)) & mask
    return int(right.sum()), int(mask.sum())
