"""The context is what follows. A language model knows only what came before."""
import math


def ngram_floor(train, validation, test, K, N, alpha):
    def pairs(text, n, start):
        text = [int(k) for k in text]
        return [(tuple(text[t + 1 : t + n]), text[t]) for t in range(start, len(text))]

    def bits(text, n):
        both, before = Counter(), Counter()
        for c, x in pairs(train, n, n - 1):
            both[c + (x,)] += 1
            before[c] += 1
        scored = pairs(text, n, N - 1)
        return -sum(math.log2((both[c + (x,)] + alpha) / (before[c] + alpha * K)) for c, x in scored) / len(scored)

    n = min(range(1, N + 1), key=lambda n: bits(validation, n))
    return n, bits(test, n)
