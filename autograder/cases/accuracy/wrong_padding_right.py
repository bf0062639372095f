"""Padding counts among the right ones, though not among all."""
import numpy as np


def accuracy(scores, gold, mask):
    right = (scores.argmax(axis=-1) == gold)
    return int(right.sum()), int(mask.sum())
