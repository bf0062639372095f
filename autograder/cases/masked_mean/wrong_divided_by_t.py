"""The sum is divided by the steps of the batch, not by the length of the sequence."""
import numpy as np


def masked_mean(hs, lengths):
    valid = np.arange(len(hs))[:, None] < lengths
    return np.where(valid[:, :, None], hs, 0).sum(axis=0) / len(hs)
