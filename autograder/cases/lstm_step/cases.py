"""One step of the LSTM. The oracle is rnncore's cell, run for one step; it is pinned to torch."""

import numpy as np

from autograder.checks.case import Case, layouts, sizes
from autograder.checks.contract import OWN, Contract
from rnncore.cells import LSTM
from rnncore.scan import scan
from rnncore.types import Params

FUNCTIONS = ("lstm_step",)
EQUATION = "lstm-gates"
PAGE = "ch04_lstm/cell"
DEMANDS = ("float32", "sizes of 1", "views", "large numbers")
WEIGHTS = {f"{name}_{q}": axes for q in "ifgo" for name, axes in (("V", "H D"), ("W", "H H"), ("b", "H"))}
GATES = "a dict: V_q (H, D), W_q (H, H), b_q (H,) for each gate q of i, f, g, o"
CONTRACT = Contract(
    takes={"x": "B D", "h": "B H", "C": "B H"},
    returns={"h_next": "B H: the output after the step", "C_next": "B H: the memory after the step", "cache": OWN},
)
AXES = {"h_next": "BH", "C_next": "BH"}


def draw(rng, s, scale=1.0):
    """The weights by name; nothing zero, nothing symmetric."""
    shapes = {"V": (s.H, s.D), "W": (s.H, s.H), "b": (s.H,)}
    return {f"{name}_{q}": scale * rng.normal(size=shape) for q in "ifgo" for name, shape in shapes.items()}


def state(rng, s):
    """x (B, D), h and C (B, H)."""
    return rng.normal(size=(s.B, s.D)), rng.normal(size=(s.B, s.H)), rng.normal(size=(s.B, s.H))


def stacked(P):
    """rnncore's weights for P."""
    return Params(*(np.concatenate([P[f"{name}_{q}"] for q in LSTM.gates]) for name in "VWb"))


def expected(x, h0, C0, P):
    """All outputs and the last memory for inputs (T, B, D), by rnncore."""
    hs, (_, C), _ = scan(LSTM, x, (h0, C0), stacked(P))
    return hs, C


def one(name, args, rtol=1e-7):
    x, h, C, P = args
    hs, C_next = expected(x[None], h, C, P)
    run = lambda f: dict(zip(AXES, f.lstm_step(x, h, C, P)))  # noqa: E731
    return Case(name, run, {"h_next": hs[0], "C_next": C_next}, AXES, rtol=rtol)


def narrow(values):
    """The same numbers in float32."""
    return {key: a.astype(np.float32) for key, a in values.items()}


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, (*state(rng, s), draw(rng, s)))
    s = next(sizes(rng))
    x, h, C = state(rng, s)
    P = draw(rng, s)
    yield one("memories far from zero", (x, h, 5 * C, P))
    yield one(
        "f = 1 and i = 0, which copies the memory exactly",
        (x, h, C, {**P, "b_f": P["b_f"] + 1000, "b_i": P["b_i"] - 1000}),
    )
    yield one("every gate shut", (x, h, C, {**P, **{f"b_{q}": P[f"b_{q}"] - 1000 for q in "ifo"}}))
    yield one("large inputs, where every gate is open or shut", (1000 * x, h, C, P))
    yield one("float32 arguments", (*(a.astype(np.float32) for a in (x, h, C)), narrow(P)), rtol=1e-4)
    for name, other in layouts(h):
        yield one(name, (x, other, C, P))
    yield one("P in another order", (x, h, C, dict(reversed(P.items()))))
    yield Case("the function must return a triple (h_next, C_next, cache)",
               lambda f: {"length": len(f.lstm_step(x, h, C, P))}, {"length": 3})  # fmt: skip


EXPLAINED = {
    r"in `return \(o \* m, C_next, ": "What is in the cache is the student's own affair; lstm_step_backward shows "
    "whether it is enough.",
}
