"""The whole sequence. The oracle is rnncore's driver; the properties it has (prefix, batch, carry) come with the values."""

import numpy as np

from autograder.cases.rnn_step.cases import draw as draw_step
from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import OWN, Contract
from rnncore.cells import RNN
from rnncore.scan import scan
from rnncore.types import Params

FUNCTIONS = ("rnn_forward",)
EQUATION = "rnn-forward"
PAGE = "ch01_rnn/forward"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(takes={"x": "T B D", "h0": "B H"}, returns={"hs": "T B H: all states h_1 ... h_T", "cache": OWN})


def draw(rng, s):
    """x (T, B, D), h0, V, W, b; W is scaled so that the state depends on far inputs."""
    _, h0, V, W, b = draw_step(rng, s)
    return rng.normal(size=(s.T, s.B, s.D)), h0, 0.7 * V, 0.7 * W, b


def expected(x, h0, V, W, b):
    return scan(RNN, x, (h0,), Params(V, W, b))[0]


def one(name, args, rtol=RTOL):
    return Case(name, lambda f: {"hs": f.rnn_forward(*args)[0]}, {"hs": expected(*args)}, rtol=rtol)


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, draw(rng, s))
    s = next(sizes(rng))
    x, h0, V, W, b = args = draw(rng, s)
    yield one("the same call again, after other shapes", args)
    yield one("the first half of a sequence", (x[:2], h0, V, W, b))
    yield one("the second half, begun in the state after the first", (x[2:], expected(*args)[1].copy(), V, W, b))
    yield one("one row of the batch alone", (x[:, 1:2], h0[1:2], V, W, b))
    yield one("large inputs, where tanh is flat", (3 * x, h0, V, W, b))
    yield one("float32 arguments", tuple(a.astype(np.float32) for a in args), rtol=1e-4)
    for name, other in layouts(x):
        yield one(name, (other, h0, V, W, b))
    for name, other in layouts(h0):
        yield one(name, (x, other, V, W, b))


EXPLAINED = {
    r"in `return \(hs, \(x, h0, hs, V, W\)\)`($| \(number 2)": "What is in the cache is the student's own affair; "
    "assignment 2 shows whether it is enough.",
    r"^dropped `hs = np\.stack\(hs\)`$": "A list of T arrays holds the same states as one array, and is accepted.",
}
