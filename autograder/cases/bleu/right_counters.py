"""By counters and their intersection."""
from collections import Counter


def bleu(hyps, refs, n=4):
    if sum(map(len, hyps)) == 0:
        return 0.0
    grams = lambda s, j: Counter(zip(*[list(map(int, s))[i:] for i in range(j)]))
    p = []
    for j in range(1, n + 1):
        match = sum(sum((grams(h, j) & grams(r, j)).values()) for h, r in zip(hyps, refs))
        p.append(match / max(sum(max(len(h) - j + 1, 0) for h in hyps), 1))
    c, r = sum(map(len, hyps)), sum(map(len, refs))
    penalty = 1.0 if c > r else np.exp(1 - r / c)
    return 100 * penalty * np.prod(p) ** (1 / n)
