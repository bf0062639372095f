"""The tag of the smallest score is taken."""
import numpy as np


def accuracy(scores, gold, mask):
    right = (scores.argmin(axis=-1) == gold) & mask
    return int(right.sum()), int(mask.sum())
