"""Whole sentences are counted, not words."""
import numpy as np


def accuracy(scores, gold, mask):
    right = (scores.argmax(axis=-1) == gold) & mask
    whole = (right | ~mask).all(axis=0)
    return int(whole.sum()), mask.shape[1]
