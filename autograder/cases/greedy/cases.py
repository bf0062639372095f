"""Greedy search. The oracle reads the whole beginning anew for every symbol."""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("greedy",)
EQUATION = "greedy-decoding"
PAGE = "ch10_translation/decoding"
CONTRACT = Contract(takes={"step": None}, returns={"symbols": "whole n: eos among them if it came, bos not"})


def decoder(rng, K, H=3, sharp=1.5, against_end=0.0):
    """step(symbol, h) of a small network, and the same as log-probabilities after any beginning. EOS is K - 1, BOS K."""
    E, W, U = rng.normal(size=(K + 1, H)), rng.normal(size=(H, H)), sharp * rng.normal(size=(K, H))
    shift = np.append(np.zeros(K - 1), -against_end)

    def step(symbol, h):
        h = np.tanh(W @ np.asarray(h, float) + E[int(symbol)])
        y = U @ h + shift
        return y - np.logaddexp.reduce(y), h

    def after(h, beginning):
        for symbol in [K, *beginning]:
            logp, h = step(symbol, h)
        return logp

    return step, after


def walked(after, h, eos, max_len):
    out = []
    while len(out) < max_len and eos not in out:
        out.append(int(np.argmax(after(h, out))))
    return np.array(out)


def one(name, rng, K, max_len, against_end):
    step, after = decoder(rng, K, against_end=against_end)
    h = rng.normal(size=3)
    run = lambda f: {"symbols": np.asarray(f.greedy(step, h, K, K - 1, max_len))}  # noqa: E731
    return Case(name, run, {"symbols": walked(after, h, K - 1, max_len)})


def scripted(name, told, max_len):
    """A decoder that dictates: its state is the number of symbols read."""
    eos, K = 4, 5

    def step(symbol, h):
        n = int(np.asarray(h).ravel()[0])
        y = 20.0 * np.eye(K)[told[n]]
        return y - np.logaddexp.reduce(y), np.array([n + 1.0])

    want = told[: min(max_len, list(told).index(eos) + 1)]
    run = lambda f: {"symbols": np.asarray(f.greedy(step, np.zeros(1), K, eos, max_len))}  # noqa: E731
    return Case(name, run, {"symbols": np.array(want)})


def following(name, first, max_len):
    """A decoder without a state: after symbol j comes j + 1 of a ring, and BOS is followed by `first`."""
    K = 6

    def step(symbol, h):
        y = 20.0 * np.eye(K)[first if int(symbol) == K else (int(symbol) + 1) % (K - 1)]
        return y - np.logaddexp.reduce(y), h

    run = lambda f: {"symbols": np.asarray(f.greedy(step, np.zeros(1), K, K - 1, max_len))}  # noqa: E731
    return Case(name, run, {"symbols": (first + np.arange(max_len)) % (K - 1)})


def cases(rng):
    for K, max_len, against_end in [(4, 6, 0.0), (5, 8, 6.0), (3, 5, 2.0), (6, 1, 8.0)]:
        yield one(f"{K} symbols, at most {max_len}", rng, K, max_len, against_end)
    told = np.append(rng.integers(4, size=5), [4, 0, 1, 2, 3, 0, 1])
    yield scripted("a decoder that ends after six symbols", told, 10)
    yield scripted("the same, cut short", told, 3)
    yield scripted("an end at once", np.array([4, 1, 2, 3, 0, 1, 2, 3, 0]), 6)
    yield following("a decoder that looks at the last symbol only", int(rng.choice([0, 2, 3, 4])), 7)


EXPLAINED = {
    r"`symbol == eos` became `eos == symbol`": "Equality does not care which of the two stands first.",
}
