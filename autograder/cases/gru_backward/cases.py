"""The GRU over a sequence, backward. The oracle is rnncore's driver, itself pinned to torch and autograd."""

import numpy as np

from autograder.cases.gru_forward.cases import sequence
from autograder.cases.gru_step.cases import KINDS, WEIGHTS, draw
from autograder.cases.gru_step_backward.cases import AXES as STEP_AXES
from autograder.cases.gru_step_backward.cases import gradients, named
from autograder.checks.case import Case, layouts, sizes
from autograder.checks.contract import Contract, Keys

FUNCTIONS = ("gru_forward", "gru_backward")
EQUATION = "gru-state-backward"
PAGE = "ch05_gru/backward"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(
    takes={"dhs": "T B H", "cache": None},
    returns={
        "dx": "T B D",
        "dh0": "B H",
        "dP": Keys(
            WEIGHTS, "the gradient of each weight, by its key in P: sums over steps and batch", optional=("b_hn",)
        ),
    },
)
AXES = {**STEP_AXES, "dx": "TBD", "dh0": "BH"}


def wanted(args, reset, z_keeps, dhs):
    dx, dh0, dP = gradients(*args, reset, z_keeps, dhs)
    return {"dx": dx, "dh0": dh0, **{f"d{key}": dP[key] for key in args[2]}}


def one(name, args, dhs, reset="after", z_keeps="old", rtol=1e-7):
    def run(f):
        _, cache = f.gru_forward(*args, reset, z_keeps)
        return named(f.gru_backward(dhs, cache), args[2], "dh0")

    title = f'{name}, reset="{reset}", z_keeps="{z_keeps}"'
    return Case(title, run, wanted(args, reset, z_keeps, dhs), AXES, rtol=rtol)


def twice(problems):
    """Forward A, forward B, backward A, backward B: a cache kept in one place gives itself away."""

    def run(f):
        caches = [f.gru_forward(*args)[1] for args, _ in problems]
        found = [f.gru_backward(dhs, cache) for (_, dhs), cache in zip(problems, caches)]
        return {f"{key} of call {k}": value for k, (got, (args, _)) in enumerate(zip(found, problems), 1)
                for key, value in named(got, args[2], "dh0").items()}  # fmt: skip

    want = {f"{key} of call {k}": value for k, (args, dhs) in enumerate(problems, 1)
            for key, value in wanted(args, "after", "old", dhs).items()}  # fmt: skip
    return Case("forward twice, then backward twice", run, want)


def cases(rng):
    for s in sizes(rng):
        for reset, z_keeps in KINDS:
            args, dhs = (*sequence(rng, s), draw(rng, s, reset, 0.6)), rng.normal(size=(s.T, s.B, s.H))
            yield one(f"{s.name}, a gradient at every step", args, dhs, reset, z_keeps)
    s = next(sizes(rng))
    first, second = ((*sequence(rng, s), draw(rng, s, scale=0.6)) for _ in range(2))
    dhs = rng.normal(size=(s.T, s.B, s.H))
    for name, step in [("last", -1), ("first", 0)]:
        only = np.zeros_like(dhs)
        only[step] = dhs[step]
        yield one(f"a gradient at the {name} step only", first, only)
    yield one("a gradient ten times as large", first, 10 * dhs)
    x, h0, P = first
    small = (x.astype(np.float32), h0.astype(np.float32), {key: a.astype(np.float32) for key, a in P.items()})
    yield one("float32 arguments", small, dhs.astype(np.float32), rtol=1e-4)
    for name, other in layouts(dhs):
        yield one(name, first, other)
    yield twice([(first, dhs), (second, 2 * dhs)])


EXPLAINED = {
    r"^`0` became `-1` in `dx, dh, dP = ": "Zeros of the shape of any step's dhs are the same.",
}
