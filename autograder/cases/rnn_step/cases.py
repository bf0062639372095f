"""One step of the vanilla RNN. The oracle is rnncore's driver, run for a single step."""

import numpy as np

from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import OWN, Contract
from rnncore.cells import RNN
from rnncore.scan import scan
from rnncore.types import Params

FUNCTIONS = ("rnn_step",)
EQUATION = "rnn-step"
PAGE = "ch01_rnn/step"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(takes={"x": "B D", "h": "B H"}, returns={"h_next": "B H: the state after the step", "cache": OWN})


def draw(rng, s):
    """x, h, V, W, b with nothing zero and nothing symmetric."""
    return (
        rng.normal(size=(s.B, s.D)),
        rng.normal(size=(s.B, s.H)),
        rng.normal(size=(s.H, s.D)),
        rng.normal(size=(s.H, s.H)),
        rng.normal(size=s.H),
    )


def one(name, args, rtol=RTOL):
    """A case on these arguments."""
    x, h, V, W, b = args
    want = scan(RNN, x[None], (h,), Params(V, W, b))[0][0]
    return Case(name, lambda f: {"h_next": f.rnn_step(*args)[0]}, {"h_next": want}, rtol=rtol)


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, draw(rng, s))
    s = next(sizes(rng))
    x, h, V, W, b = draw(rng, s)
    yield one("large inputs, where tanh is flat", (3 * x, h, V, W, b))
    yield one("float32 arguments", tuple(a.astype(np.float32) for a in (x, h, V, W, b)), rtol=1e-4)
    for name, other in layouts(h):
        yield one(name, (x, other, V, W, b))
    for name, other in layouts(W):
        yield one(name, (x, h, V, other, b))
    yield Case(
        "the function must return a pair (h_next, cache)",
        lambda f: {"length": len(f.rnn_step(x, h, V, W, b))},
        {"length": 2},
    )


EXPLAINED = {
    r"in `return \(h_next, \(x, h, h_next, V, W\)\)`($| \(number 2)": "What is in the cache is the student's own affair; "
    "assignment 2 shows whether it is enough.",
}
