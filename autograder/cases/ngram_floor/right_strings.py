"""Counting in a string of characters, with a dict of dicts."""
import math


def ngram_floor(train, validation, test, K, N, alpha):
    train, validation, test = ("".join(chr(65 + int(k)) for k in text) for text in (train, validation, test))
    models = {}
    for n in range(1, N + 1):
        followers = models[n] = {}
        for t in range(n - 1, len(train)):
            inside = followers.setdefault(train[t - n + 1 : t], {})
            inside[train[t]] = inside.get(train[t], 0) + 1

    def bits(text, n):
        total = 0.0
        for t in range(N - 1, len(text)):
            inside = models[n].get(text[t - n + 1 : t], {})
            total -= math.log((inside.get(text[t], 0) + alpha) / (sum(inside.values()) + alpha * K), 2)
        return total / (len(text) - N + 1)

    scores = [bits(validation, n) for n in models]
    n = 1 + scores.index(min(scores))
    return n, bits(test, n)
