"""Gates apart. The oracle is the weights that were placed, block by block."""

import numpy as np

from autograder.cases.lstm_step.cases import GATES, WEIGHTS, draw
from autograder.cases.pack.cases import ORDERS, placed
from autograder.checks.case import Case, sizes
from autograder.checks.contract import Contract, Keys

FUNCTIONS = ("unpack",)
EQUATION = "lstm-pack"
PAGE = "ch04_lstm/conventions"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(
    takes={"V": "4H D", "W": "4H H"},
    returns={"P": Keys(WEIGHTS, "each a copy, not a view of the argument", said=GATES)},
)


def one(name, P, order):
    V, W, b = placed(P, order)
    return Case(f'{name}, order="{order}"', lambda f: f.unpack(V, W, b, order), dict(P))


def cases(rng):
    for s, order in zip(sizes(rng), ORDERS * 2):
        yield one(s.name, draw(rng, s), order)
    s = next(sizes(rng))
    P = draw(rng, s)
    for order in ORDERS:
        yield one("all sizes different", P, order)
    V, W, b = placed(P, "ifgo")
    yield Case("without an order: i, f, g, o", lambda f: f.unpack(V, W, b), dict(P))
    yield Case(
        "column-major arguments",
        lambda f: f.unpack(np.asfortranarray(V), np.asfortranarray(W), b),
        dict(P),
    )
