"""Symbols to vectors. The oracle multiplies one-hot vectors by E, which is the definition."""

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("embed",)
EQUATION = "embedding"
PAGE = "ch01_rnn/padding"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(takes={"ids": "T B", "E": "K D"}, returns={"x": "T B D: the vector of each symbol"})

SHAPES = [("all sizes different", 5, 3, 7, 4), ("one symbol", 1, 1, 1, 1), ("one step", 1, 4, 6, 2),
          ("more symbols than places", 2, 2, 9, 3)]  # fmt: skip


def one_hot(ids, K):
    return (ids[..., None] == np.arange(K)).astype(float)


def one(name, ids, E, rtol=RTOL):
    return Case(name, lambda f: {"x": f.embed(ids, E)}, {"x": one_hot(ids, len(E)) @ E}, rtol=rtol)


def cases(rng):
    for name, T, B, K, D in SHAPES:
        yield one(name, rng.integers(0, K, (T, B)), rng.normal(size=(K, D)))
    K, D = 6, 6
    E = rng.normal(size=(K, D))
    yield one("as many symbols as columns", rng.integers(0, K, (4, 3)), E)
    yield one("the first and the last symbol", np.array([[0, K - 1], [K - 1, 0], [0, 0]]), E)
    yield one("one symbol everywhere", np.full((3, 2), 2), E)
    yield one("ids as small integers", rng.integers(0, K, (4, 3)).astype(np.uint8), E)
    yield one("float32 arguments", rng.integers(0, K, (4, 3)), E.astype(np.float32), rtol=1e-4)
    for name, other in layouts(E):
        yield one(name, rng.integers(0, K, (4, 3)), other)
