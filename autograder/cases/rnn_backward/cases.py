"""The whole backward pass. The oracle is rnncore's driver, itself pinned to autograd and the complex step."""

import numpy as np

from autograder.cases.rnn_forward.cases import draw
from autograder.checks.case import back_twice, layouts, sizes, there_and_back
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract
from rnncore.cells import RNN
from rnncore.scan import scan, scan_backward
from rnncore.types import Params

FUNCTIONS = ("rnn_forward", "rnn_backward")
EQUATION = "bptt-delta"
PAGE = "ch02_bptt/bptt"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(
    takes={"dhs": "T B H", "cache": None}, returns={"dx": "T B D", "dh0": "B H", "dV": "H D", "dW": "H H", "db": "H"}
)
NAMES = ("dx", "dh0", "dV", "dW", "db")
AXES = {"dx": "TBD", "dh0": "BH", "dV": "HD", "dW": "HH", "db": "H"}


def expected(args, dhs):
    x, h0, V, W, b = args
    _, _, cache = scan(RNN, x, (h0,), Params(V, W, b))
    dx, (dh0,), d = scan_backward(RNN, dhs, None, cache)
    return dict(zip(NAMES, (dx, dh0, d.V, d.W, d.b)))


def one(name, args, dhs, rtol=RTOL):
    return there_and_back(name, "rnn_forward", args, "rnn_backward", dhs, expected(args, dhs), AXES, rtol)


def cases(rng):
    for s in sizes(rng):
        yield one(f"{s.name}, a gradient at every step", draw(rng, s), rng.normal(size=(s.T, s.B, s.H)))
    s = next(sizes(rng))
    first, second = draw(rng, s), draw(rng, s)
    dhs = rng.normal(size=(s.T, s.B, s.H))
    for name, step in [("last", -1), ("first", 0)]:
        only = np.zeros_like(dhs)
        only[step] = dhs[step]
        yield one(f"a gradient at the {name} step only", first, only)
    yield one("a gradient ten times as large", first, 10 * dhs)
    yield one("float32 arguments", tuple(a.astype(np.float32) for a in first), dhs.astype(np.float32), 1e-4)
    for name, other in layouts(dhs):
        yield one(name, first, other)

    problems = [(first, dhs, expected(first, dhs)), (second, 2 * dhs, expected(second, 2 * dhs))]
    yield back_twice("rnn_forward", "rnn_backward", problems)


EXPLAINED = {
    r"in `dz, carry = \(np\.empty_like\(hs\), ": "The new array has the same shape and dtype, and is filled later.",
    r"^`x` became `(dhs|dz|hs|previous)` in `for t in ": "All of these have T entries.",
    r"^`\(0, 1\)` became `\(1, 0\)`": "The order of the axes that are summed away does not matter.",
}
