"""By a product with ones."""
import math


def perplexity(totals, counts):
    one = np.ones(len(totals))
    return math.exp(one @ totals / float(one @ counts))
