"""The number of other characters is added, not its logarithm."""
import numpy as np


def bits_per_character(nlls, ids, others):
    nll, k = np.concatenate(nlls), np.concatenate(ids)
    return (nll.sum() + (k == 0).sum() * others) / len(nll) / np.log(2)
