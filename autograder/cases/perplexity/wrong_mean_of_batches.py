"""The perplexities of the batches are averaged: add up sums and counts first."""
import numpy as np


def perplexity(totals, counts):
    some = counts > 0
    return np.mean(np.exp(totals[some] / counts[some]))
