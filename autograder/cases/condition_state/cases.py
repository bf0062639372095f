"""The way in. The oracle is rnncore's conditional model."""

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract
from rnncore.models import Conditional, LanguageModel

FUNCTIONS = ("condition_state",)
EQUATION = "condition-state"
PAGE = "ch08_conditional/condition"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(takes={"x": "B F", "Q": {"a": "H"}}, returns={"h0": "B H: the initial states"})
SIZES = ((3, 6, 4, 5), (1, 7, 2, 3), (4, 2, 5, 1), (2, 3, 1, 4), (1, 1, 1, 1))


def weights(rng, F, E, H):
    return {
        "P": rng.normal(size=(E, F)),
        "p": rng.normal(size=E),
        "A": rng.normal(size=(H, E)),
        "a": rng.normal(size=H),
    }


def by_rnncore(x, Q):
    model = Conditional(x.shape[1], LanguageModel(2, 2, 1, len(Q["a"])), len(Q["p"]))
    return model.encode(Q, np.asarray(x, float))[0][0][0]


def one(name, x, Q, rtol=RTOL):
    return Case(name, lambda f: {"h0": f.condition_state(x, Q)}, {"h0": by_rnncore(x, Q)}, rtol=rtol)


def cases(rng):
    for B, F, E, H in SIZES:
        yield one(f"B={B}, F={F}, E={E}, H={H}", rng.normal(size=(B, F)), weights(rng, F, E, H))
    x, Q = rng.normal(size=(3, 6)), weights(rng, 6, 4, 5)
    yield one("large conditions", 3 * x, Q)
    yield one("conditions of zero", 0 * x, Q)
    yield one("one-hot conditions", np.eye(6)[[2, 0, 5]], Q)
    for name, other in layouts(x):
        yield one(name, other, Q)
