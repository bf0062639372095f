"""The mean is taken over the batch, too: one vector for all sequences."""
import numpy as np


def masked_mean(hs, lengths):
    valid = np.arange(len(hs))[:, None] < lengths
    return np.broadcast_to(np.where(valid[:, :, None], hs, 0).sum(axis=(0, 1)) / lengths.sum(), hs.shape[1:])
