"""In plain loops over the tokens."""

def token_nll(logits, targets, mask):
    total, count = 0.0, 0
    for t in range(targets.shape[0]):
        for b in range(targets.shape[1]):
            if mask[t, b]:
                y = logits[t, b]
                m = max(y)
                total += m + np.log(sum(np.exp(y - m))) - y[targets[t, b]]
                count += 1
    return total, count
