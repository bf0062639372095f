"""The last step is left out."""
import numpy as np


def accuracy(scores, gold, mask):
    right = (scores.argmax(axis=-1) == gold) & mask
    right, mask = right[:-1], mask[:-1]
    return int(right.sum()), int(mask.sum())
