"""Symbol 1 is taken for the unknown one. It is symbol 0."""
import numpy as np


def bits_per_character(nlls, ids, others):
    nll, k = np.concatenate(nlls), np.concatenate(ids)
    return (nll.sum() + (k == 1).sum() * np.log(others)) / len(nll) / np.log(2)
