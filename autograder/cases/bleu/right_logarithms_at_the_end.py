"""Collects everything first, logarithms at the end."""

def bleu(hyps, refs, n=4):
    table = {j: [0, 0] for j in range(1, n + 1)}
    for h, r in zip([list(map(int, h)) for h in hyps], [list(map(int, r)) for r in refs]):
        for j in table:
            a = [tuple(h[i : i + j]) for i in range(len(h) - j + 1)]
            b = [tuple(r[i : i + j]) for i in range(len(r) - j + 1)]
            table[j][0] += sum(min(a.count(g), b.count(g)) for g in set(a))
            table[j][1] += len(a)
    if any(clipped == 0 for clipped, _ in table.values()):
        return 0.0
    mean = np.mean([np.log(clipped) - np.log(every) for clipped, every in table.values()])
    ratio = sum(len(r) for r in refs) / sum(len(h) for h in hyps)
    return 100.0 * np.exp(mean) * (np.exp(1 - ratio) if ratio > 1 else 1.0)
