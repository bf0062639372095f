"""The lecture notes' sum. The oracle is backpropagation, run once for each entry of the state: another algorithm."""

import numpy as np

from autograder.cases.rnn_forward.cases import draw
from autograder.checks.case import Case, Sizes
from autograder.checks.contract import Contract
from rnncore.cells import RNN
from rnncore.scan import scan, scan_backward
from rnncore.types import Params

FUNCTIONS = ("rnn_forward", "influence_sum")
EQUATION = "influence-sum"
PAGE = "ch02_bptt/influence"
DEMANDS = ("sizes of 1",)
CONTRACT = Contract(
    takes={"cache": None, "t": None}, returns={"dh_dW": "B H H H: entry [b, i, p, q] is d h_t[b, i] / d W[p, q]"}
)
SHAPES = (Sizes("all sizes different", 5, 2, 4, 3), Sizes("one unit", 3, 2, 2, 1), Sizes("one sequence", 4, 1, 2, 3),
          Sizes("all sizes 1", 1, 1, 1, 1))  # fmt: skip


def expected(args, t):
    x, h0, V, W, b = args
    _, _, cache = scan(RNN, x, (h0,), Params(V, W, b))
    B, H = h0.shape
    want = np.zeros((B, H, H, H))
    for n, i in np.ndindex(B, H):
        dhs = np.zeros((len(x), B, H))
        dhs[t - 1, n, i] = 1
        want[n, i] = scan_backward(RNN, dhs, None, cache)[2].W
    return want


def one(name, args, t):
    def run(f):
        _, cache = f.rnn_forward(*args)
        return {"dh_t/dW": f.influence_sum(cache, t)}

    return Case(f"{name}, t = {t}", run, {"dh_t/dW": expected(args, t)}, {"dh_t/dW": "BHHH"})


def cases(rng):
    for s in SHAPES:
        args = draw(rng, s)
        for t in sorted({1, 2, s.T - 1, s.T} & set(range(1, s.T + 1))):
            yield one(s.name, args, t)
    s = SHAPES[0]
    x, h0, V, W, b = draw(rng, s)
    yield one("an initial state of zeros", (x, 0 * h0, V, W, b), 3)
    yield one("large weights", (x, h0, V, 1.5 * W, b), 4)
