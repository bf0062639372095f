"""The GRU over a sequence. The oracle is rnncore's driver."""

import numpy as np

from autograder.cases.gru_step.cases import KINDS, draw, expected
from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import OWN, Contract

FUNCTIONS = ("gru_forward",)
EQUATION = "gru-state"
PAGE = "ch05_gru/cell"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(takes={"x": "T B D", "h0": "B H"}, returns={"hs": "T B H: the states h_1 ... h_T", "cache": OWN})


def sequence(rng, s):
    """x (T, B, D) and h0 (B, H)."""
    return rng.normal(size=(s.T, s.B, s.D)), rng.normal(size=(s.B, s.H))


def one(name, args, reset="after", z_keeps="old", rtol=RTOL):
    x, h0, P = args
    want = expected(x, h0, P, reset, z_keeps)
    run = lambda f: {"hs": f.gru_forward(x, h0, P, reset, z_keeps)[0]}  # noqa: E731
    return Case(f'{name}, reset="{reset}", z_keeps="{z_keeps}"', run, {"hs": want}, rtol=rtol)


def cases(rng):
    for s in sizes(rng):
        for reset, z_keeps in KINDS:
            yield one(s.name, (*sequence(rng, s), draw(rng, s, reset, 0.7)), reset, z_keeps)
    s = next(sizes(rng))
    (x, h0), P = sequence(rng, s), draw(rng, s, scale=0.7)
    yield Case("without flags: reset after, z keeps the old state", lambda f: {"hs": f.gru_forward(x, h0, P)[0]},
               {"hs": expected(x, h0, P, "after", "old")})  # fmt: skip
    yield one("the first half of a sequence", (x[:2], h0, P))
    middle = expected(x, h0, P, "after", "old")[1].copy()  # the states themselves are read-only
    yield one("the second half, begun in the state after the first", (x[2:], middle, P))
    yield one("one row of the batch alone", (x[:, 1:2], h0[1:2], P))
    small = (x.astype(np.float32), h0.astype(np.float32), {key: a.astype(np.float32) for key, a in P.items()})
    yield one("float32 arguments", small, rtol=1e-4)
    for name, other in layouts(x):
        yield one(name, (other, h0, P))


EXPLAINED = {
    r"(dropped|in) `caches\.append\(cache\)`$": "What is in the cache is the student's own affair; gru_backward shows "
    "whether it is enough.",
    r"in `return \(np\.stack\(hs\), caches\)`": "What is in the cache is the student's own affair; gru_backward "
    "shows whether it is enough.",
}
