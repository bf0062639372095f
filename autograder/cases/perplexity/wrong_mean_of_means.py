"""The means of the batches are averaged before the exponential: long batches have to count for more."""
import numpy as np


def perplexity(totals, counts):
    some = counts > 0
    return np.exp(np.mean(totals[some] / counts[some]))
