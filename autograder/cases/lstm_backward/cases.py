"""The LSTM over a sequence, backward. The oracle is rnncore's driver, itself pinned to torch and autograd."""

import numpy as np

from autograder.cases.lstm_forward.cases import sequence
from autograder.cases.lstm_step.cases import WEIGHTS, draw, narrow
from autograder.cases.lstm_step_backward.cases import AXES as STEP_AXES
from autograder.cases.lstm_step_backward.cases import gradients, named
from autograder.checks.case import Case, layouts, sizes
from autograder.checks.contract import Contract, Keys

FUNCTIONS = ("lstm_forward", "lstm_backward")
EQUATION = "lstm-state-backward"
PAGE = "ch04_lstm/backward"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(
    takes={"dhs": "T B H", "dC_T": "B H", "cache": None},
    returns={
        "dx": "T B D",
        "dh0": "B H",
        "dC0": "B H",
        "dP": Keys(
            WEIGHTS,
            "the gradient of each weight, by its key in P: sums over steps and batch",
            said="a dict with the keys of P",
        ),
    },
)
AXES = {**STEP_AXES, "dx": "TBD", "dh0": "BH", "dC0": "BH"}
STATES = ("dh0", "dC0")


def wanted(args, dhs, dC):
    dx, dh0, dC0, dP = gradients(*args, dhs, dC)
    return {"dx": dx, "dh0": dh0, "dC0": dC0, **{f"d{key}": dP[key] for key in args[3]}}


def one(name, args, dhs, dC, rtol=1e-7):
    def run(f):
        *_, cache = f.lstm_forward(*args)
        return named(f.lstm_backward(dhs, dC, cache), args[3], STATES)

    return Case(name, run, wanted(args, dhs, dC), AXES, rtol=rtol)


def twice(problems):
    """Forward A, forward B, backward A, backward B: a cache kept in one place gives itself away."""

    def run(f):
        caches = [f.lstm_forward(*args)[2] for args, _, _ in problems]
        found = [f.lstm_backward(dhs, dC, cache) for (_, dhs, dC), cache in zip(problems, caches)]
        return {f"{key} of call {k}": value for k, (got, (args, _, _)) in enumerate(zip(found, problems), 1)
                for key, value in named(got, args[3], STATES).items()}  # fmt: skip

    want = {f"{key} of call {k}": value for k, problem in enumerate(problems, 1)
            for key, value in wanted(*problem).items()}  # fmt: skip
    return Case("forward twice, then backward twice", run, want)


def cases(rng):
    for s in sizes(rng):
        args = (*sequence(rng, s), draw(rng, s, 0.6))
        yield one(f"{s.name}, a gradient at every step and on the last memory", args,
                  rng.normal(size=(s.T, s.B, s.H)), rng.normal(size=(s.B, s.H)))  # fmt: skip
    s = next(sizes(rng))
    first, second = ((*sequence(rng, s), draw(rng, s, 0.6)) for _ in range(2))
    dhs, dC = rng.normal(size=(s.T, s.B, s.H)), rng.normal(size=(s.B, s.H))
    for name, step in [("last", -1), ("first", 0)]:
        only = np.zeros_like(dhs)
        only[step] = dhs[step]
        yield one(f"a gradient at the {name} step only", first, only, 0 * dC)
    yield one("a gradient on the last memory only", first, 0 * dhs, dC)
    yield one("gradients ten times as large", first, 10 * dhs, 10 * dC)
    small = (*(a.astype(np.float32) for a in first[:3]), narrow(first[3]))
    yield one("float32 arguments", small, dhs.astype(np.float32), dC.astype(np.float32), rtol=1e-4)
    for name, other in layouts(dhs):
        yield one(name, first, other, dC)
    yield twice([(first, dhs, dC), (second, 2 * dhs, -dC)])
