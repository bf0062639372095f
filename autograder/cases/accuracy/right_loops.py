"""In plain loops."""

def accuracy(scores, gold, mask):
    right = total = 0
    for t in range(gold.shape[0]):
        for b in range(gold.shape[1]):
            if mask[t, b]:
                total += 1
                right += int(max(range(scores.shape[2]), key=lambda k: scores[t, b, k]) == gold[t, b])
    return right, total
