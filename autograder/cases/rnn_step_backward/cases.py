"""One step back. The oracle is rnncore's backward pass over a sequence of one step."""

import numpy as np

from autograder.cases.rnn_step.cases import draw
from autograder.checks.case import back_twice, layouts, sizes, there_and_back
from autograder.checks.contract import Contract
from rnncore.cells import RNN
from rnncore.scan import scan, scan_backward
from rnncore.types import Params

FUNCTIONS = ("rnn_step", "rnn_step_backward")
EQUATION = "rnn-step-backward"
PAGE = "ch02_bptt/bptt"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(
    takes={"dh_next": "B H", "cache": None}, returns={"dx": "B D", "dh": "B H", "dV": "H D", "dW": "H H", "db": "H"}
)
NAMES = ("dx", "dh", "dV", "dW", "db")
AXES = {"dx": "BD", "dh": "BH", "dV": "HD", "dW": "HH", "db": "H"}


def expected(args, dh_next):
    x, h, V, W, b = args
    _, _, cache = scan(RNN, x[None], (h,), Params(V, W, b))
    dx, (dh,), d = scan_backward(RNN, dh_next[None], None, cache)
    return dict(zip(NAMES, (dx[0], dh, d.V, d.W, d.b)))


def one(name, args, dh_next, rtol=1e-7):
    return there_and_back(name, "rnn_step", args, "rnn_step_backward", dh_next, expected(args, dh_next), AXES, rtol)


def cases(rng):
    for s in sizes(rng):
        x, h, V, W, b = draw(rng, s)
        yield one(s.name, (x, h, 0.5 * V, 0.5 * W, b), rng.normal(size=(s.B, s.H)))
    s = next(sizes(rng))
    first, second = (tuple(0.5 * a for a in draw(rng, s)) for _ in range(2))
    dh_next = rng.normal(size=(s.B, s.H))
    yield one("a gradient ten times as large", first, 10 * dh_next)
    only = np.zeros_like(dh_next)
    only[1] = dh_next[1]
    yield one("a gradient in one row of the batch only", first, only)
    yield one("float32 arguments", tuple(a.astype(np.float32) for a in first), dh_next.astype(np.float32), 1e-4)
    for name, other in layouts(dh_next):
        yield one(name, first, other)

    problems = [(first, dh_next, expected(first, dh_next)), (second, 2 * dh_next, expected(second, 2 * dh_next))]
    yield back_twice("rnn_step", "rnn_step_backward", problems)
