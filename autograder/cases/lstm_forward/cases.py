"""The LSTM over a sequence. The oracle is rnncore's driver."""

import numpy as np

from autograder.cases.lstm_step.cases import draw, expected, narrow
from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import OWN, Contract

FUNCTIONS = ("lstm_forward",)
EQUATION = "lstm-state"
PAGE = "ch04_lstm/cell"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(
    takes={"x": "T B D", "h0": "B H", "C0": "B H"},
    returns={"hs": "T B H: the outputs h_1 ... h_T", "C_T": "B H: the last memory", "cache": OWN},
)
AXES = {"hs": "TBH", "C_T": "BH"}


def sequence(rng, s):
    """x (T, B, D), h0 and C0 (B, H)."""
    return rng.normal(size=(s.T, s.B, s.D)), rng.normal(size=(s.B, s.H)), rng.normal(size=(s.B, s.H))


def one(name, args, rtol=RTOL):
    run = lambda f: dict(zip(AXES, f.lstm_forward(*args)))  # noqa: E731
    return Case(name, run, dict(zip(AXES, expected(*args))), AXES, rtol=rtol)


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, (*sequence(rng, s), draw(rng, s, 0.7)))
    s = next(sizes(rng))
    (x, h0, C0), P = sequence(rng, s), draw(rng, s, 0.7)
    yield one("the first half of a sequence", (x[:2], h0, C0, P))
    # what the oracle returns is read-only, which would be a demand
    half, C_half = expected(x[:2], h0, C0, P)
    yield one("the second half, begun in the states after the first", (x[2:], half[1].copy(), C_half, P))
    yield one("one row of the batch alone", (x[:, 1:2], h0[1:2], C0[1:2], P))
    yield one("float32 arguments", (*(a.astype(np.float32) for a in (x, h0, C0)), narrow(P)), rtol=1e-4)
    for name, other in layouts(x):
        yield one(name, (other, h0, C0, P))
    yield Case("the function must return a triple (hs, C_T, cache)",
               lambda f: {"length": len(f.lstm_forward(x, h0, C0, P))}, {"length": 3})  # fmt: skip


EXPLAINED = {
    r"(dropped|in) `caches\.append\(cache\)`$": "What is in the cache is the student's own affair; lstm_backward shows "
    "whether it is enough.",
    r"in `return \(np\.stack\(hs\), C, caches\)`": "What is in the cache is the student's own affair; lstm_backward "
    "shows whether it is enough.",
}
