"""By numpy.unique over windows."""

def windows(tokens, j):
    tokens = np.asarray(tokens)
    if len(tokens) < j:
        return {}
    rows = np.stack([tokens[i : len(tokens) - j + 1 + i] for i in range(j)], axis=1)
    keys, counts = np.unique(rows, axis=0, return_counts=True)
    return {tuple(key): int(count) for key, count in zip(keys.tolist(), counts)}


def bleu(hyps, refs, n=4):
    score = 1.0
    for j in range(1, n + 1):
        pairs = [(windows(h, j), windows(r, j)) for h, r in zip(hyps, refs)]
        every = sum(sum(a.values()) for a, _ in pairs)
        clipped = sum(min(count, b.get(key, 0)) for a, b in pairs for key, count in a.items())
        if every == 0 or clipped == 0:
            return 0
        score *= (clipped / every) ** (1 / n)
    c, r = sum(len(h) for h in hyps), sum(len(r) for r in refs)
    return 100 * score * min(1, np.exp(1 - r / c))
