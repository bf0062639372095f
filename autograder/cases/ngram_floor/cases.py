"""The best n-gram with add-alpha counts. The oracle compares every context with every place of the training text."""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("ngram_floor",)
EQUATION = "ngram-add-alpha"
PAGE = "capstone"
CONTRACT = Contract(
    takes={"train": None}, returns={"n": "whole: the best order, from 1 to N", "bits": ": on the test text"}
)


def chain(rng, K, order, n, sharp=0.3):
    """n symbols, each drawn after the last `order` ones."""
    tables = rng.dirichlet(np.full(K, sharp), size=K**order).cumsum(axis=1)
    ids, context = [], 0
    for u in rng.random(n):
        k = min(int(np.searchsorted(tables[context], u)), K - 1)
        ids.append(k)
        context = (context * K + k) % K**order
    return np.array(ids)


def bits(train, text, K, n, N, alpha):
    """Mean bits of the symbols from place N - 1 on, by windows."""
    windows = np.lib.stride_tricks.sliding_window_view
    inside, asked = windows(train, n), windows(text, n)[N - n :]
    same = (inside[None, :, :-1] == asked[:, None, :-1]).all(axis=-1)
    hits = (same & (inside[None, :, -1] == asked[:, None, -1])).sum(axis=1)
    return float(np.mean(np.log2(same.sum(axis=1) + alpha * K) - np.log2(hits + alpha)))


def one(name, train, validation, test, K, N, alpha):
    scores = [bits(train, validation, K, n, N, alpha) for n in range(1, N + 1)]
    n = 1 + int(np.argmin(scores))
    want = {"the order n": n, "the bits of the test text": bits(train, test, K, n, N, alpha)}

    def run(f):
        found = f.ngram_floor(train, validation, test, K, N, alpha)
        if np.shape(found) != (2,):
            raise ValueError("the result is no pair of an order and a number of bits")
        return dict(zip(want, found))

    return Case(name, run, want)


def cases(rng):
    for K, order, N, alpha in [(3, 1, 3, 0.5), (2, 2, 4, 0.3), (4, 0, 3, 1.0), (2, 3, 5, 0.1)]:
        ids = chain(rng, K, order, 220)
        yield one(
            f"{K} symbols that depend on {order} before them, N={N}", ids[:130], ids[130:175], ids[175:], K, N, alpha
        )
    ids = chain(rng, 3, 1, 190, 0.15)
    other = rng.integers(3, size=50)
    yield one("a test text from elsewhere", ids[:140], ids[140:], other, 3, 3, 0.5)
    yield one("a validation text from elsewhere", ids[:140], other, ids[140:], 3, 3, 0.5)
    yield one(
        "one symbol, so that all orders are equal", np.zeros(30, int), np.zeros(9, int), np.zeros(12, int), 1, 4, 0.5
    )
    yield one("single symbols only, N=1", ids[:50], ids[50:70], ids[70:100], 3, 1, 0.25)
    yield one("symbols that the training text lacks", ids[:60] % 2, ids[60:100], ids[100:150], 3, 3, 0.4)
    yield one("a very short training text", ids[:4], ids[4:30], ids[30:60], 3, 4, 0.7)
