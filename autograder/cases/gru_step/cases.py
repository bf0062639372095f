"""One step of the GRU, in both variants and with both meanings of z. The oracle is rnncore's cells, run for one step.

That z takes the new candidate is the other meaning: rnncore's z keeps the old state, so its weights are negated.
"""

import numpy as np

from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import OWN, Contract
from rnncore.cells import GRU, GRU_BEFORE
from rnncore.scan import scan
from rnncore.types import Params

FUNCTIONS = ("gru_step",)
EQUATION = "gru-state"
PAGE = "ch05_gru/cell"
DEMANDS = ("float32", "sizes of 1", "views")
WEIGHTS = {f"{name}_{q}": axes for q in "rzn" for name, axes in (("V", "H D"), ("W", "H H"))}
WEIGHTS |= dict.fromkeys(("b_r", "b_z", "b_in", "b_hn"), "H")
CONTRACT = Contract(takes={"x": "B D", "h": "B H"}, returns={"h_next": "B H: the state after the step", "cache": OWN})
KINDS = (("after", "old"), ("before", "old"), ("after", "new"), ("before", "new"))
Z = ("V_z", "W_z", "b_z")


def draw(rng, s, reset="after", scale=1.0):
    """The weights by name, b_hn only where the variant has it; nothing zero, nothing symmetric."""
    shapes = {"V": (s.H, s.D), "W": (s.H, s.H), "b": (s.H,)}
    P = {f"{name}_{gate}": scale * rng.normal(size=shape) for gate in "rzn" for name, shape in shapes.items()}
    P["b_in"] = P.pop("b_n")
    return {**P, "b_hn": scale * rng.normal(size=s.H)} if reset == "after" else P


def state(rng, s):
    """x (B, D) and h (B, H)."""
    return rng.normal(size=(s.B, s.D)), rng.normal(size=(s.B, s.H))


def cell_and_params(P, reset, z_keeps):
    """rnncore's cell, and its stacked weights for P."""
    sign = {key: -1 if key in Z and z_keeps == "new" else 1 for key in P}
    V, W, b = (
        np.concatenate([sign[key] * P[key] for key in keys])
        for keys in (("V_r", "V_z", "V_n"), ("W_r", "W_z", "W_n"), ("b_r", "b_z", "b_in"))
    )
    return (GRU, Params(V, W, b, (P["b_hn"],))) if reset == "after" else (GRU_BEFORE, Params(V, W, b))


def expected(x, h0, P, reset, z_keeps):
    """All states for inputs (T, B, D), by rnncore."""
    cell, params = cell_and_params(P, reset, z_keeps)
    return scan(cell, x, (h0,), params)[0]


def one(name, args, reset="after", z_keeps="old", rtol=RTOL):
    x, h, P = args
    want = expected(x[None], h, P, reset, z_keeps)[0]
    title = f'{name}, reset="{reset}", z_keeps="{z_keeps}"'
    run = lambda f: {"h_next": f.gru_step(x, h, P, reset, z_keeps)[0]}  # noqa: E731
    return Case(title, run, {"h_next": want}, rtol=rtol)


def cases(rng):
    for s in sizes(rng):
        for reset, z_keeps in KINDS:
            yield one(s.name, (*state(rng, s), draw(rng, s, reset)), reset, z_keeps)
    s = next(sizes(rng))
    x, h = state(rng, s)
    P = draw(rng, s)
    yield Case("without flags: reset after, z keeps the old state", lambda f: {"h_next": f.gru_step(x, h, P)[0]},
               {"h_next": expected(x[None], h, P, "after", "old")[0]})  # fmt: skip
    shut = {**P, "b_z": P["b_z"] + 30}
    yield one("z = 1, which copies the state", (x, h, shut))
    yield one("z = 1, which takes the candidate alone", (x, h, shut), "after", "new")
    yield one("large inputs, where gates are open or shut", (3 * x, h, P))
    small = tuple(a.astype(np.float32) for a in (x, h))
    yield one("float32 arguments", (*small, {key: a.astype(np.float32) for key, a in P.items()}), rtol=1e-4)
    for name, other in layouts(h):
        yield one(name, (x, other, P))
    yield one("P in another order", (x, h, dict(reversed(P.items()))))
    yield Case("the function must return a pair (h_next, cache)", lambda f: {"length": len(f.gru_step(x, h, P))},
               {"length": 2})  # fmt: skip


EXPLAINED = {
    r"in `return \(\(1 - keep\)": "What is in the cache is the student's own affair; gru_step_backward shows whether it "
    "is enough.",
    r"became `'(after|old)' == ": "The two sides of an equality may change places.",
}
