"""Only the last piece is scored."""
import numpy as np


def bits_per_character(nlls, ids, others):
    nll, k = nlls[-1], ids[-1]
    return (nll.sum() + (k == 0).sum() * np.log(others)) / max(len(nll), 1) / np.log(2)
