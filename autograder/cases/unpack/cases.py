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


def arrays(found, P):
    """A student's dict by name. Raises ValueError, in words, for what are no weights."""
    if not isinstance(found, dict):
        raise ValueError(f"the result is a {getattr(found, 'kind', type(found).__name__)}, expected a dict")
    if missing := [key for key in P if key not in found]:
        raise ValueError(f"there is no {', no '.join(missing)} in the result")
    if strange := [str(key) for key in found if key not in P]:
        raise ValueError(f"there is {', '.join(strange)} in the result, which is no weight of an LSTM")
    return {key: found[key] for key in P}


def one(name, P, order):
    V, W, b = placed(P, order)
    return Case(f'{name}, order="{order}"', lambda f: arrays(f.unpack(V, W, b, order), P), dict(P))


def cases(rng):
    for s, order in zip(sizes(rng), ORDERS * 2):
        yield one(s.name, draw(rng, s), order)
    s = next(sizes(rng))
    P = draw(rng, s)
    for order in ORDERS:
        yield one("all sizes different", P, order)
    V, W, b = placed(P, "ifgo")
    yield Case("without an order: i, f, g, o", lambda f: arrays(f.unpack(V, W, b), P), dict(P))
    yield Case(
        "column-major arguments",
        lambda f: arrays(f.unpack(np.asfortranarray(V), np.asfortranarray(W), b), P),
        dict(P),
    )
