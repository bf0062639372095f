"""The sum is not divided by the length."""
import numpy as np


def masked_mean(hs, lengths):
    valid = np.arange(len(hs))[:, None] < lengths
    return np.where(valid[:, :, None], hs, 0).sum(axis=0)
