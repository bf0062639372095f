"""Perplexity from sums and counts. The oracle adds up with math.fsum, before it divides once."""

import math

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("perplexity",)
EQUATION = "perplexity"
PAGE = "ch07_language/probability"
DEMANDS = ("sizes of 1",)
PLAIN_TOO = ("large numbers",)
CONTRACT = Contract(takes={"totals": "N", "counts": "N"}, returns={"perplexity": ""})


def one(name, totals, counts):
    want = math.exp(math.fsum(totals.tolist()) / int(counts.sum()))
    return Case(name, lambda f: {"perplexity": f.perplexity(totals, counts)}, {"perplexity": want})


def cases(rng):
    for n in (2, 5, 9):
        counts = rng.integers(3, 200, size=n)
        yield one(f"{n} batches of other lengths", counts * rng.uniform(0.5, 4, size=n), counts)
    yield one("a short bad batch and a long good one", np.array([40.0, 300.0]), np.array([8, 600]))
    yield one("one batch", np.array([123.4]), np.array([77]))
    counts = np.array([10, 0, 25, 0])
    yield one("batches without a token", np.array([12.0, 0.0, 70.0, 0.0]), counts)
    yield one("the first batch has no token", np.array([0.0, 31.0, 5.0]), np.array([0, 20, 9]))
    yield one("one token", np.array([3.0]), np.array([1]))
    counts = rng.integers(1, 50, size=200)
    yield one("many batches", counts * rng.uniform(1, 3, size=200), counts)
