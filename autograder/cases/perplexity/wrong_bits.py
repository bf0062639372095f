"""The mean is turned into bits before the exponential."""
import numpy as np


def perplexity(totals, counts):
    return np.exp(np.sum(totals) / np.sum(counts) / np.log(2))
