"""The linear recurrence, backward, by a scan. The oracle solves the transposed system of linear equations: with
M h = r, of which the loss is g'h, the gradient on r is the solution of M' dr = g. The rounds are counted.
"""

import numpy as np

from autograder.cases.scan_linear.cases import Counted, draw, expected, linear, too_many
from autograder.checks.case import Case, sizes
from autograder.checks.contract import Contract

FUNCTIONS = ("scan_backward",)
EQUATION = "linear-recurrence"
PAGE = "ch11_after/linear"
DEMANDS = ("sizes of 1",)
CONTRACT = Contract(
    takes={"dhs": "T B H", "a": "T B H", "hs": "T B H", "h0": "B H"},
    returns={"da": "T B H", "db": "T B H", "dh0": "B H"},
)


def transposed(dhs, a, hs, h0):
    """The gradients, unit by unit, by a solver of linear equations."""
    T = len(a)
    db = np.empty_like(dhs)
    for place in np.ndindex(h0.shape):
        at = (slice(None), *place)
        M = np.eye(T) - np.diag(a[at][1:], -1)
        db[at] = np.linalg.solve(M.T, dhs[at])
    return {"da": db * np.concatenate([h0[None], hs[:-1]]), "db": db, "dh0": a[0] * db[0]}


def counted(T):
    """Return a judge: combine was called, for many steps at once, and not too often."""
    often = too_many(T)

    def judge(outputs):
        if outputs["widest"] < (T + 1) // 2 and T > 3:
            return (f"combine never joined more than {outputs['widest']} steps at once, so the {T} steps waited for one "
                    "another")  # fmt: skip
        return often(outputs)

    return judge


def one(name, a, b, h0, dhs):
    hs = expected(a, b, h0, linear)

    def run(f):
        combine = Counted(linear)
        found = dict(zip(("da", "db", "dh0"), f.scan_backward(dhs, a, hs, h0, combine)))
        return {**found, "calls": combine.calls, "widest": combine.widest}

    return Case(name, run, transposed(dhs, a, hs, h0), judge=counted(len(a)))


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, *draw(rng, s.T, s.B, s.H), rng.normal(size=(s.T, s.B, s.H)))
    (a, b, h0), dhs = draw(rng, 7, 3, 2), rng.normal(size=(7, 3, 2))
    for name, step in (("last", -1), ("first", 0)):
        only = np.zeros_like(dhs)
        only[step] = dhs[step]
        yield one(f"a gradient at the {name} step only", a, b, h0, only)
    some = a.copy()
    some[2], some[0, 0] = 0, 0
    yield one("a is 0 at some steps", some, b, h0, dhs)
    yield one("a is 1 everywhere, a running sum", 0 * a + 1, b, h0, dhs)
    for T in (16, 33):
        yield one(f"{T} steps", *draw(rng, T, 2, 3), rng.normal(size=(T, 2, 3)))
    long = rng.uniform(0.005, 0.02, size=(200, 2, 2)), rng.normal(size=(200, 2, 2)), rng.normal(size=(2, 2))
    yield one(
        "200 steps, so many that the product of all a is 0 in floating point", *long, rng.normal(size=(200, 2, 2))
    )


EXPLAINED = {
    r"^`a` became `(dhs|hs)` in `next_factors": "The new array is all zeros, and these have the same shape.",
}
