"""The last valid state is returned, not the mean."""
import numpy as np


def masked_mean(hs, lengths):
    valid = np.arange(len(hs))[:, None] < lengths
    return hs[lengths - 1, np.arange(len(lengths))]
