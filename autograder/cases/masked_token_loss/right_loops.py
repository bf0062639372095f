"""In plain loops."""

def masked_token_loss(scores, tags, mask):
    total, count, d = 0.0, 0, np.zeros(scores.shape)
    for t, b in zip(*np.nonzero(mask)):
        s = scores[t, b] - scores[t, b].max()
        p = np.exp(s) / np.exp(s).sum()
        total += np.log(np.exp(s).sum()) - s[tags[t, b]]
        d[t, b] = p
        d[t, b, tags[t, b]] -= 1
        count += 1
    return total, count, d
