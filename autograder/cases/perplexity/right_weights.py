"""A weighted mean of means."""

def perplexity(totals, counts):
    used = np.asarray(counts) > 0
    means = np.asarray(totals)[used] / np.asarray(counts)[used]
    return float(np.exp(np.average(means, weights=np.asarray(counts)[used])))
