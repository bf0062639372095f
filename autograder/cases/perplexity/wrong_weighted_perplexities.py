"""The perplexities of the batches are averaged, weighted by their tokens. The mean is taken of the logarithms."""
import numpy as np


def perplexity(totals, counts):
    some = counts > 0
    return np.sum(counts[some] * np.exp(totals[some] / counts[some])) / np.sum(counts)
