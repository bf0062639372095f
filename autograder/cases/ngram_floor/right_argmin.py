"""Codes in base K, counted by bincount; all orders scored, then argmin."""

def ngram_floor(train, validation, test, K, N, alpha):
    def codes(text, n, start):
        found = np.zeros(len(text) - start, dtype=np.int64)
        for j in range(n - 1, -1, -1):
            found = found * K + np.asarray(text)[start - j : len(text) - j]
        return found

    def bits(text, n):
        both = np.bincount(codes(train, n, n - 1), minlength=K**n).reshape(-1, K)
        p = (both + alpha) / (both.sum(axis=1, keepdims=True) + alpha * K)
        return -np.log2(p.reshape(-1)[codes(text, n, N - 1)]).mean()

    n = 1 + int(np.argmin([bits(validation, n) for n in range(1, N + 1)]))
    return np.array([n, bits(test, n)])
