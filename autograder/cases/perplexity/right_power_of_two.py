"""By bits, and a power of two."""

def perplexity(totals, counts):
    bits = (np.sum(totals) / np.log(2)) / np.sum(counts)
    return 2.0**bits
