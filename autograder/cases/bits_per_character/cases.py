"""Bits per character. The oracle multiplies probabilities, as products of powers of two, and takes one logarithm."""

import math

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("bits_per_character",)
EQUATION = "bits-per-character"
PAGE = "capstone"
CONTRACT = Contract(takes={"nlls": None}, returns={"bits": ""})


def expected(nlls, ids, others):
    """minus log2 of the probability of the whole text, over its length; mantissa and exponent are kept apart."""
    mantissa, exponent, n = 1.0, 0, 0
    for piece, symbols in zip(nlls, ids):
        for nll, k in zip(piece.tolist(), symbols.tolist()):
            m, e = math.frexp(mantissa * math.exp(-nll) / (others if k == 0 else 1))
            mantissa, exponent, n = m, exponent + e, n + 1
    return -(math.log2(mantissa) + exponent) / n


def one(rng, name, sizes, unknown, others):
    ids = [np.where(rng.random(n) < unknown, 0, rng.integers(1, 9, size=n)) for n in sizes]
    nlls = [rng.uniform(0.2, 5, size=n) * rng.uniform(0.5, 2) for n in sizes]
    return Case(name, lambda f: {"bits": f.bits_per_character(nlls, ids, others)},
                {"bits": expected(nlls, ids, others)})  # fmt: skip


def cases(rng):
    yield one(rng, "one piece, nothing unknown", [30], 0.0, 50)
    yield one(rng, "one piece, a quarter unknown", [60], 0.25, 50)
    yield one(rng, "pieces of other lengths", [40, 3, 17], 0.2, 120)
    yield one(rng, "a long piece and a short one", [90, 2], 0.3, 7)
    yield one(rng, "every character unknown", [9, 12], 1.0, 30)
    yield one(rng, "one character can be unknown, and no other", [20, 5], 0.4, 1)
    yield one(rng, "an empty piece among others", [12, 0, 8], 0.2, 11)
    yield one(rng, "a single character, unknown", [1], 1.0, 16)


EXPLAINED = {
    r"became `0 == k`": "Whether two numbers are equal does not depend on their order.",
    r"`nlls` became `ids`": "Both lists hold arrays of the same lengths, and only lengths count there.",
}
