"""The entropy rate of unifilar sources. The oracle gets the stationary distribution from the mean of very many powers of
the chain, made by squaring the lazy chain, and adds entropies in a loop.
"""

import math

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("entropy_rate",)
EQUATION = "entropy-rate"
PAGE = "ch07_language/floors"
DEMANDS = ("sizes of 1",)
CONTRACT = Contract(takes={"T_sym": "K S S"}, returns={"rate": ": in bits per symbol"})


def unifilar(rng, S, K, sparse=False):
    """A random unifilar source; symbol 0 goes round all states, so each can be reached."""
    T = np.zeros((K, S, S))
    for i in range(S):
        p = rng.dirichlet(np.ones(K)) + 0.02
        if sparse and K > 2:
            p[rng.integers(1, K)] = 0.0
        p = p / p.sum()
        for k in range(K):
            T[k, i, (i + 1) % S if k == 0 else rng.integers(S)] = p[k]
    return T


def periodic(rng, S, K):
    """States in turn: every symbol leads to the next state."""
    T = np.zeros((K, S, S))
    for i in range(S):
        T[:, i, (i + 1) % S] = rng.dirichlet(np.ones(K))
    return T


def rate(T):
    M = 0.5 * (T.sum(axis=0) + np.eye(T.shape[1]))
    for _ in range(40):
        M = M @ M
        M = M / M.sum(axis=1, keepdims=True)
    h = 0.0
    for i, weight in enumerate(M[0]):
        for p in T[:, i].sum(axis=1):
            h -= weight * p * math.log2(p) if p > 0 else 0.0
    return h


def one(name, T):
    return Case(name, lambda f: {"bits": f.entropy_rate(T)}, {"bits": rate(T)})


def cases(rng):
    even = np.zeros((2, 2, 2))
    even[0, 0, 0] = even[1, 0, 1] = 0.5
    even[1, 1, 0] = 1.0
    yield Case("the even process: two thirds of a bit", lambda f: {"bits": f.entropy_rate(even)}, {"bits": 2 / 3})
    for S, K in [(3, 2), (4, 3), (2, 5)]:
        yield one(f"{S} states, {K} symbols", unifilar(rng, S, K))
    yield one("symbols that some states never emit", unifilar(rng, 4, 4, sparse=True))
    yield one("states that are visited in turn", periodic(rng, 3, 2))
    yield one("two states in turn, one of them without choice", np.array([[[0, 0.3], [1.0, 0]], [[0, 0.7], [0, 0]]]))
    yield one("one state", rng.dirichlet(np.ones(4)).reshape(4, 1, 1))
    yield one("random size", unifilar(rng, int(rng.integers(3, 7)), int(rng.integers(2, 5))))


EXPLAINED = {
    r"became `np\.linalg\.lstsq\(equations, np\.append\(np\.zeros\(S\), 1\.0\)\)`": "The default cuts off singular values below the rounding "
    "error, and there are none.",
    r"became `pi @ \(p \* bits\)|`pi` became `pi\.T`": "A product of two vectors does not depend on their order.",
    r"`P\.T - np\.eye\(S\)` became `np\.eye\(S\) - P\.T`": "Equations whose right side is zero may be negated.",
}
