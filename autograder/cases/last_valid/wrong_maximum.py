"""The largest entries of the real steps are taken."""
import numpy as np


def last_valid(hs, lengths):
    return np.stack([hs[:n, b].max(axis=0) for b, n in enumerate(lengths)])
