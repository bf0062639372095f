"""Unknown characters are left out, of the sum and of the count."""
import numpy as np


def bits_per_character(nlls, ids, others):
    nll, k = np.concatenate(nlls), np.concatenate(ids)
    known = k != 0
    return nll[known].sum() / max(known.sum(), 1) / np.log(2)
