"""The sign is wrong: the totals are negative log-probabilities already."""
import numpy as np


def perplexity(totals, counts):
    return np.exp(-np.sum(totals) / np.sum(counts))
