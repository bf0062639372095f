"""By a product with ones."""
import numpy as np


import math


def perplexity(totals, counts):
    one = np.ones(len(totals))
    return math.exp(one @ totals / float(one @ counts))
