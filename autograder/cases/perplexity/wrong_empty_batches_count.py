"""A batch without a token counts as one with a token."""
import numpy as np


def perplexity(totals, counts):
    return np.exp(np.sum(totals) / np.sum(np.maximum(counts, 1)))
