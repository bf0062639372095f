"""The state one step before the last real one is taken."""
import numpy as np


def last_valid(hs, lengths):
    return hs[np.maximum(lengths - 2, 0), np.arange(len(lengths))]
