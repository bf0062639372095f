"""The forward recursion. The oracle is backpropagation: another algorithm for the same number."""

import numpy as np

from autograder.cases.rnn_forward.cases import draw
from autograder.checks.case import Case, Sizes, layouts
from autograder.checks.contract import Contract
from rnncore.cells import RNN
from rnncore.scan import scan, scan_backward
from rnncore.types import Params

FUNCTIONS = ("rtrl",)
EQUATION = "rtrl"
PAGE = "ch02_bptt/influence"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(takes={"x": "T B D", "h0": "B H"}, returns={"dW": "H H"})
SHAPES = (Sizes("all sizes different", 5, 2, 4, 3), Sizes("one unit", 3, 2, 2, 1), Sizes("one sequence", 4, 1, 5, 3),
          Sizes("one time step", 1, 3, 2, 4), Sizes("all sizes 1", 1, 1, 1, 1))  # fmt: skip


def one(name, args, dhs):
    x, h0, V, W, b = args
    _, _, cache = scan(RNN, x, (h0,), Params(V, W, b))
    want = scan_backward(RNN, dhs, None, cache)[2].W
    return Case(name, lambda f: {"dW": f.rtrl(*args, dhs)}, {"dW": want})


def cases(rng):
    for s in SHAPES:
        yield one(f"{s.name}, a gradient at every step", draw(rng, s), rng.normal(size=(s.T, s.B, s.H)))
    s = SHAPES[0]
    args = draw(rng, s)
    dhs = rng.normal(size=(s.T, s.B, s.H))
    for name, step in [("last", -1), ("first", 0)]:
        only = np.zeros_like(dhs)
        only[step] = dhs[step]
        yield one(f"a gradient at the {name} step only", args, only)
    x, h0, V, W, b = args
    yield one("an initial state of zeros", (x, 0 * h0, V, W, b), dhs)
    yield one("large weights", (x, h0, V, 1.5 * W, b), dhs)
    for name, other in layouts(dhs):
        yield one(name, args, other)


EXPLAINED = {
    r"^`'bi,ip,bq->bipq'` became `'bi,pi,bq->bipq'`": "The identity matrix is its own transpose.",
    r"^`'bi,ip,bq->bipq'` became `'bi,ip,bq->bpiq'`": "The entries with i = p are the only ones that are not zero.",
}
