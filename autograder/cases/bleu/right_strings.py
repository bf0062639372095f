"""N-grams as strings."""

def bleu(hyps, refs, n=4):
    hits, sizes = np.zeros(n), np.zeros(n)
    for h, r in zip(hyps, refs):
        for j in range(n):
            left = [" ".join(str(w) for w in r[i : i + j + 1]) for i in range(len(r) - j)]
            for i in range(len(h) - j):
                gram = " ".join(str(w) for w in h[i : i + j + 1])
                sizes[j] += 1
                if gram in left:
                    left.remove(gram)
                    hits[j] += 1
    if not hits.all():
        return 0.0
    c, r = sum(len(h) for h in hyps), sum(len(r) for r in refs)
    return float(100 * np.exp(min(1 - r / c, 0) + np.mean(np.log(hits / sizes))))
