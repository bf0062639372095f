"""From "z keeps the old state" to "z takes the new one". Judged by what the flipped weights compute, in the judge."""

import numpy as np

from autograder.cases.gru_step.cases import Z, draw, expected
from autograder.checks.case import Case, sizes
from autograder.checks.contract import Contract, Like

FUNCTIONS = ("gru_flip",)
EQUATION = "gru-flip"
PAGE = "ch05_gru/conventions"
DEMANDS = ("arguments stay as they are", "sizes of 1")
CONTRACT = Contract(takes={"P": {"V_r": "H D"}}, returns={"P2": Like("P", "new: P itself stays as it is")})


def one(name, P, x, h, reset):
    """The weights, and the step that they make with z taking the new candidate."""
    want = {key: -value if key in Z else value for key, value in P.items()}

    def run(f):
        found = f.gru_flip(P)
        fits = all(np.shape(found[key]) == P[key].shape for key in P)
        return {**found, "the new state": expected(x[None], h, found, reset, "new")[0]} if fits else found

    same = expected(x[None], h, P, reset, "old")[0]
    return Case(f'{name}, reset="{reset}"', run, {**want, "the new state": same}, {"the new state": "BH"})


def cases(rng):
    for s in sizes(rng):
        for reset in ("after", "before"):
            yield one(s.name, draw(rng, s, reset), rng.normal(size=(s.B, s.D)), rng.normal(size=(s.B, s.H)), reset)
    s = next(sizes(rng))
    P = draw(rng, s)

    def flipped_twice(f):
        return f.gru_flip(f.gru_flip(P))

    yield Case("flipped twice, which changes nothing", flipped_twice, dict(P))
