"""The forward algorithm. The oracle of short strings sums over every path of states; that of long ones works with
logarithms.
"""

import itertools
import math

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.contract import Contract

FUNCTIONS = ("optimal_nll",)
EQUATION = "optimal-nll"
PAGE = "ch07_language/floors"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(takes={"T_sym": "K S S", "start": "S", "x": "T B"}, returns={"nll": "B: in nats"})


def source(rng, K, S):
    """T_sym and start; every move is possible."""
    T_sym = rng.dirichlet(np.full(K * S, 0.7), size=S).reshape(S, K, S).transpose(1, 0, 2)
    return np.ascontiguousarray(T_sym), rng.dirichlet(np.ones(S))


def by_paths(T_sym, start, x):
    out = []
    for b in range(x.shape[1]):
        total = math.fsum(
            start[path[0]] * math.prod(T_sym[k, i, j] for k, i, j in zip(x[:, b], path, path[1:]))
            for path in itertools.product(range(len(start)), repeat=len(x) + 1)
        )
        out.append(-math.log(total) if total > 0 else math.inf)
    return np.array(out)


def by_logarithms(T_sym, start, x):
    log_a, log_T = np.tile(np.log(start), (x.shape[1], 1)), np.log(T_sym)
    for row in x:
        moved = log_a[:, :, None] + log_T[row]
        top = moved.max(axis=(1, 2), keepdims=True)
        log_a = np.log(np.exp(moved - top).sum(axis=1)) + top[:, :, 0]
    top = log_a.max(axis=1)
    return -(np.log(np.exp(log_a - top[:, None]).sum(axis=1)) + top)


def one(name, args, oracle=by_paths):
    return Case(name, lambda f: {"nll": f.optimal_nll(*args)}, {"nll": oracle(*args)})


def cases(rng):
    for K, S, T, B in [(2, 3, 4, 3), (4, 2, 5, 2), (3, 3, 1, 4), (2, 1, 6, 2)]:
        yield one(f"{K} symbols, {S} states, T={T}, B={B}", (*source(rng, K, S), rng.integers(K, size=(T, B))))
    T_sym, start = source(rng, 3, 3)
    x = rng.integers(3, size=(4, 2))
    yield one("a start in one state", (T_sym, np.eye(3)[1], x))
    for name, other in layouts(T_sym):
        yield one(name, (other, start, x))
    even = np.zeros((2, 2, 2))
    even[0, 0, 0] = even[1, 0, 1] = 0.5
    even[1, 1, 0] = 1.0
    strings = np.array([[0, 0, 1], [1, 1, 1], [1, 0, 0], [0, 0, 1]])
    yield one("strings that the source cannot produce", (even, np.array([1.0, 0.0]), strings))
    yield one("a long string", (*source(rng, 9, 2), rng.integers(9, size=(500, 2))), by_logarithms)


EXPLAINED = {
    r"`np\.errstate\(divide='ignore'\)` became": "It only keeps a warning from being shown.",
    r"`1` became `2` in `a = a / np\.where": "Where nothing is left of the probability, zeros are divided by it.",
}
