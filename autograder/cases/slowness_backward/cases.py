"""A penalty on the moves of the states, backward. The oracle is the complex step through loss and penalty."""

import numpy as np

from autograder.cases.leaky_backward.cases import by_complex_step, inner, states
from autograder.cases.rnn_forward.cases import draw
from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("rnn_forward", "slowness_backward")
EQUATION = "bptt-delta"
PAGE = "ch02_bptt/bptt"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(
    takes={"dhs": "T B H", "cache": None, "lam": ""},
    returns={"dx": "T B D", "dh0": "B H", "dV": "H D", "dW": "H H", "db": "H"},
)
AXES = {"dx": "TBD", "dh0": "BH", "dV": "HD", "dW": "HH", "db": "H"}


def expected(args, dhs, lam):
    def loss(*args):
        hs = states(*args, np.ones(args[3].shape[-1]))
        return inner(dhs, hs) + lam / 2 * sum(((b - a) ** 2).sum(axis=(-1, -2)) for a, b in zip(hs, hs[1:]))

    return dict(zip(AXES, by_complex_step(loss, args)))


def one(name, args, dhs, lam, rtol=RTOL):
    def run(f):
        _, cache = f.rnn_forward(*args)
        return dict(zip(AXES, f.slowness_backward(dhs, cache, lam)))

    return Case(name, run, expected(args, dhs, lam), AXES, rtol=rtol)


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, draw(rng, s), rng.normal(size=(s.T, s.B, s.H)), 0.7)
    s = next(sizes(rng))
    args, dhs = draw(rng, s), rng.normal(size=(s.T, s.B, s.H))
    yield one("no penalty: lam is 0", args, dhs, 0.0)
    yield one("the penalty alone", args, 0 * dhs, 1.3)
    yield one("a penalty ten times as large", args, dhs, 7.0)
    yield one("float32 arguments", tuple(arg.astype(np.float32) for arg in args), dhs.astype(np.float32), 0.7, 1e-4)
    for name, other in layouts(dhs):
        yield one(name, args, other, 0.7)
