"""One step of the GRU back. The oracle is rnncore's backward pass over one step, itself pinned to torch and autograd."""

import numpy as np

from autograder.cases.gru_step.cases import KINDS, WEIGHTS, Z, cell_and_params, draw, state
from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import Broken, Contract, Keys
from autograder.checks.verdict import Difference
from rnncore.scan import scan, scan_backward

FUNCTIONS = ("gru_step", "gru_step_backward")
EQUATION = "gru-state-backward"
PAGE = "ch05_gru/backward"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(
    takes={"dh_next": "B H", "cache": None},
    returns={
        "dx": "B D",
        "dh": "B H",
        "dP": Keys(
            WEIGHTS,
            "the gradient of each weight, by its key in P",
            optional=("b_hn",),
            said="a dict with the keys of P",
        ),
    },
)
AXES = {"dx": "BD", "dh": "BH", **{f"dV_{gate}": "HD" for gate in "rzn"}, **{f"dW_{gate}": "HH" for gate in "rzn"},
        "db_r": "H", "db_z": "H", "db_in": "H", "db_hn": "H"}  # fmt: skip


def gradients(x, h0, P, reset, z_keeps, dhs):
    """dx (T, B, D), dh0, and the gradients by the names of P, by rnncore."""
    cell, params = cell_and_params(P, reset, z_keeps)
    dx, (dh0,), d = scan_backward(cell, dhs, None, scan(cell, x, (h0,), params)[2])
    stacked = {"V": np.split(d.V, 3), "W": np.split(d.W, 3), "b": np.split(d.b, 3)}
    dP = {f"{name}_{gate}": parts[k] for name, parts in stacked.items() for k, gate in enumerate("rzn")}
    dP["b_in"] = dP.pop("b_n")
    if reset == "after":
        dP["b_hn"] = d.own[0]
    if z_keeps == "new":  # its weights went in negated
        dP |= {key: -dP[key] for key in Z}
    return dx, dh0, dP


def named(result, P, state="dh"):
    """A student's (dx, dh, dP) by name. Raise Broken where b_hn is missing, which not every P has."""
    dx, dh, dP = result
    if missing := tuple(key for key in P if key not in dP):
        raise Broken((Difference("dP", "missing", missing),), {})
    return {"dx": dx, state: dh, **{f"d{key}": dP[key] for key in P}}


def one(name, args, dh_next, reset="after", z_keeps="old", rtol=RTOL):
    x, h, P = args
    dx, dh, dP = gradients(x[None], h, P, reset, z_keeps, dh_next[None])

    def run(f):
        _, cache = f.gru_step(x, h, P, reset, z_keeps)
        return named(f.gru_step_backward(dh_next, cache), P)

    want = {"dx": dx[0], "dh": dh, **{f"d{key}": dP[key] for key in P}}
    return Case(f'{name}, reset="{reset}", z_keeps="{z_keeps}"', run, want, AXES, rtol=rtol)


def twice(rng, s):
    """Forward A, forward B, backward A, backward B: a cache kept in one place gives itself away."""
    problems = [(*state(rng, s), draw(rng, s, scale=0.5), rng.normal(size=(s.B, s.H))) for _ in range(2)]

    def run(f):
        caches = [f.gru_step(*args)[1] for *args, _ in problems]
        found = [f.gru_step_backward(dh, cache) for (*_, dh), cache in zip(problems, caches)]
        return {f"{key} of call {k}": value for k, (got, (_, _, P, _)) in enumerate(zip(found, problems), 1)
                for key, value in named(got, P).items()}  # fmt: skip

    want = {}
    for k, (x, h, P, dh_next) in enumerate(problems, 1):
        dx, dh, dP = gradients(x[None], h, P, "after", "old", dh_next[None])
        want |= {f"dx of call {k}": dx[0], f"dh of call {k}": dh, **{f"d{key} of call {k}": dP[key] for key in P}}
    return Case("forward twice, then backward twice", run, want)


def cases(rng):
    for s in sizes(rng):
        for reset, z_keeps in KINDS:
            yield one(s.name, (*state(rng, s), draw(rng, s, reset, 0.5)), rng.normal(size=(s.B, s.H)), reset, z_keeps)
    s = next(sizes(rng))
    args, dh_next = (*state(rng, s), draw(rng, s, scale=0.5)), rng.normal(size=(s.B, s.H))
    yield one("a gradient ten times as large", args, 10 * dh_next)
    only = np.zeros_like(dh_next)
    only[1] = dh_next[1]
    yield one("a gradient in one row of the batch only", args, only)
    x, h, P = args
    small = (x.astype(np.float32), h.astype(np.float32), {key: a.astype(np.float32) for key, a in P.items()})
    yield one("float32 arguments", small, dh_next.astype(np.float32), rtol=1e-4)
    for name, other in layouts(dh_next):
        yield one(name, args, other)
    yield twice(rng, s)


EXPLAINED = {
    r"became `'(after|old)' == ": "The two sides of an equality may change places.",
    r"^`\(\('r', da_r\), \('z', da_z\)\)` became ": "The order in which a dict is filled does not matter.",
    r"^`da_z` became `da` in `for gate, bias": "The loop before it ended with da_z under that name.",
}
