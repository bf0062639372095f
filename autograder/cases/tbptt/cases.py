"""Truncated backpropagation. The oracle is rnncore's driver with truncation, pinned to autograd with detach."""

import numpy as np

from autograder.cases.rnn_forward.cases import draw
from autograder.checks.case import Case, layouts, sizes
from autograder.checks.contract import Contract
from rnncore.cells import RNN
from rnncore.scan import scan, scan_backward
from rnncore.types import Params

FUNCTIONS = ("tbptt",)
EQUATION = "truncated-bptt"
PAGE = "ch02_bptt/truncation"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(
    takes={"x": "T B D", "h0": "B H"}, returns={"dW": "H H: the truncated gradient", "h_T": "B H: the last state"}
)


def one(name, args, dhs, k):
    x, h0, V, W, b = args
    _, (last,), cache = scan(RNN, x, (h0,), Params(V, W, b))
    want = {"dW": scan_backward(RNN, dhs, None, cache, truncate=k)[2].W, "h_T": last}
    return Case(f"{name}, k = {k}", lambda f: dict(zip(("dW", "h_T"), f.tbptt(*args, dhs, k))), want)  # fmt: skip


def cases(rng):
    for s in sizes(rng):
        args, dhs = draw(rng, s), rng.normal(size=(s.T, s.B, s.H))
        for k in sorted({1, 2, s.T - 1, s.T, s.T + 3} - {0}):
            yield one(s.name, args, dhs, k)
    s = next(sizes(rng))
    args, dhs = draw(rng, s), rng.normal(size=(s.T, s.B, s.H))
    yield one("a short last chunk", args, dhs, 3)
    for name, step in [("last", -1), ("first", 0)]:
        only = np.zeros_like(dhs)
        only[step] = dhs[step]
        yield one(f"a gradient at the {name} step only", args, only, 2)
    for name, other in layouts(dhs):
        yield one(name, args, other, 2)


EXPLAINED = {
    r"^`W` became `W\.T` in `h, dW = ": "W is square: the array of zeros is the same.",
    r"^`x` became `dhs` in `for start in ": "Both of them have T entries.",
    r"^`h` became `\w+` in `carry = np\.zeros_like\(h\)`$": "Zeros of any shape that broadcasts are added as nothing.",
}
