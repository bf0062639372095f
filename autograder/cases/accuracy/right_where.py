"""By where and count_nonzero."""

def accuracy(scores, gold, mask):
    hits = np.where(mask, scores.argmax(2) == gold, False)
    return np.count_nonzero(hits), np.count_nonzero(mask)
