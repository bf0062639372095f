"""This is a perplexity, two to the power of the bits."""
import numpy as np


def bits_per_character(nlls, ids, others):
    nll, k = np.concatenate(nlls), np.concatenate(ids)
    return 2 ** ((nll.sum() + (k == 0).sum() * np.log(others)) / len(nll) / np.log(2))
