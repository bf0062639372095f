"""A table with an axis for each symbol of the n-gram."""

def ngram_floor(train, validation, test, K, N, alpha):
    def grams(text, n, start):
        text = np.asarray(text)
        return tuple(text[start - n + 1 + j : len(text) - n + 1 + j] for j in range(n))

    best = None
    for n in range(1, N + 1):
        table = np.full((K,) * n, float(alpha))
        np.add.at(table, grams(train, n, n - 1), 1)
        table /= table.sum(axis=-1, keepdims=True)
        chosen, reported = (-np.log2(table[grams(text, n, N - 1)]).mean() for text in (validation, test))
        if best is None or chosen < best[0]:
            best = (chosen, n, reported)
    return best[1], best[2]
