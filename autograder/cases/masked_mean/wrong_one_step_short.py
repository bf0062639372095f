"""The last real step is left out."""
import numpy as np


def masked_mean(hs, lengths):
    valid = np.arange(len(hs))[:, None] < lengths - 1
    return np.where(valid[:, :, None], hs, 0).sum(axis=0) / lengths[:, None]
