"""One step of the LSTM back. The oracle is rnncore's backward pass over one step, pinned to torch and autograd."""

import numpy as np

from autograder.cases.lstm_step.cases import WEIGHTS, draw, narrow, stacked, state
from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract, Keys
from rnncore.cells import LSTM
from rnncore.scan import scan, scan_backward

FUNCTIONS = ("lstm_step", "lstm_step_backward")
EQUATION = "lstm-gates-backward"
PAGE = "ch04_lstm/backward"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(
    takes={"dh": "B H", "dC": "B H", "cache": None},
    returns={
        "dx": "B D",
        "dh_prev": "B H",
        "dC_prev": "B H",
        "dP": Keys(WEIGHTS, "the gradient of each weight, by its key in P", said="a dict with the keys of P"),
    },
)
AXES = {"dx": "BD", "dh_prev": "BH", "dC_prev": "BH", **{f"dV_{q}": "HD" for q in "ifgo"},
        **{f"dW_{q}": "HH" for q in "ifgo"}, **{f"db_{q}": "H" for q in "ifgo"}}  # fmt: skip


def gradients(x, h0, C0, P, dhs, dC):
    """dx (T, B, D), dh0, dC0 and the gradients by the names of P, by rnncore."""
    _, _, cache = scan(LSTM, x, (h0, C0), stacked(P))
    dx, (dh0, dC0), d = scan_backward(LSTM, dhs, (0 * dC, dC), cache)
    dP = {f"{name}_{q}": block for name, array in (("V", d.V), ("W", d.W), ("b", d.b))
          for q, block in zip(LSTM.gates, np.split(array, 4))}  # fmt: skip
    return dx, dh0, dC0, dP


def named(result, P, states=("dh_prev", "dC_prev")):
    """A student's (dx, dh, dC, dP) by name."""
    dx, dh, dC, dP = result
    return {"dx": dx, states[0]: dh, states[1]: dC, **{f"d{key}": dP[key] for key in P}}


def wanted(args, dh, dC):
    x, h, C, P = args
    dx, dh_prev, dC_prev, dP = gradients(x[None], h, C, P, dh[None], dC)
    return {"dx": dx[0], "dh_prev": dh_prev, "dC_prev": dC_prev, **{f"d{key}": dP[key] for key in P}}


def one(name, args, dh, dC, rtol=RTOL):
    def run(f):
        *_, cache = f.lstm_step(*args)
        return named(f.lstm_step_backward(dh, dC, cache), args[3])

    return Case(name, run, wanted(args, dh, dC), AXES, rtol=rtol)


def twice(rng, s):
    """Forward A, forward B, backward A, backward B: a cache kept in one place gives itself away."""
    problems = [((*state(rng, s), draw(rng, s, 0.5)), *rng.normal(size=(2, s.B, s.H))) for _ in range(2)]

    def run(f):
        caches = [f.lstm_step(*args)[2] for args, _, _ in problems]
        found = [f.lstm_step_backward(dh, dC, cache) for (_, dh, dC), cache in zip(problems, caches)]
        return {f"{key} of call {k}": value for k, (got, (args, _, _)) in enumerate(zip(found, problems), 1)
                for key, value in named(got, args[3]).items()}  # fmt: skip

    want = {f"{key} of call {k}": value for k, problem in enumerate(problems, 1)
            for key, value in wanted(*problem).items()}  # fmt: skip
    return Case("forward twice, then backward twice", run, want)


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, (*state(rng, s), draw(rng, s, 0.5)), *rng.normal(size=(2, s.B, s.H)))
    s = next(sizes(rng))
    args, (dh, dC) = (*state(rng, s), draw(rng, s, 0.5)), rng.normal(size=(2, s.B, s.H))
    yield one("a gradient on the output only", args, dh, 0 * dC)
    yield one("a gradient on the memory only", args, 0 * dh, dC)
    yield one("gradients ten times as large", args, 10 * dh, 10 * dC)
    only = np.zeros_like(dh)
    only[1] = dh[1]
    yield one("a gradient in one row of the batch only", args, only, 0 * dC)
    x, h, C, P = args
    yield one("memories far from zero", (x, h, 3 * C, P), dh, dC)
    small = (*(a.astype(np.float32) for a in (x, h, C)), narrow(P))
    yield one("float32 arguments", small, dh.astype(np.float32), dC.astype(np.float32), rtol=1e-4)
    for name, other in layouts(dh):
        yield one(name, args, other, dC)
    yield twice(rng, s)
