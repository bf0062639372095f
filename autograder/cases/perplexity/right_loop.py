"""In a loop."""

def perplexity(totals, counts):
    nats, tokens = 0.0, 0
    for total, count in zip(totals, counts):
        nats += total
        tokens += count
    return np.e ** (nats / tokens)
