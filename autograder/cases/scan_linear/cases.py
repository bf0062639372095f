"""A linear recurrence. The oracle solves h_t - a_t h_{t-1} = b_t for all t at once, as a system of linear equations."""

import numpy as np

from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("scan_linear",)
EQUATION = "linear-recurrence"
PAGE = "ch11_after/linear"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(takes={"a": "T B H", "b": "T B H", "h0": "B H"}, returns={"hs": "T B H: h_1 ... h_T"})


def draw(rng, T, B, H):
    return rng.uniform(-1.5, 1.5, size=(T, B, H)), rng.normal(size=(T, B, H)), rng.normal(size=(B, H))


def expected(a, b, h0):
    T = len(a)
    right = b.astype(np.float64)
    right[0] += a[0] * h0
    system = np.broadcast_to(np.eye(T), (*h0.shape, T, T)).copy()
    steps = np.arange(1, T)
    system[..., steps, steps - 1] = -np.moveaxis(a[1:], 0, -1)
    return np.moveaxis(np.linalg.solve(system, np.moveaxis(right, 0, -1)[..., None])[..., 0], -1, 0)


def one(name, args, rtol=RTOL):
    return Case(name, lambda f: {"hs": f.scan_linear(*args)}, {"hs": expected(*args)}, rtol=rtol)


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, draw(rng, s.T, s.B, s.H))
    a, b, h0 = draw(rng, 7, 3, 2)
    yield one("seven steps", (a, b, h0))
    yield one("a negative everywhere", (-np.abs(a), b, h0))
    some = a.copy()
    some[2], some[0, 0] = 0, 0
    yield one("a is 0 at some steps", (some, b, h0))
    yield one("a is 0 everywhere", (0 * a, b, h0))
    yield one("a is 1 everywhere, a running sum", (0 * a + 1, b, h0))
    yield one("b is 0 everywhere", (a, 0 * b, h0))
    long = rng.uniform(0.005, 0.02, size=(200, 1, 2)), rng.normal(size=(200, 1, 2)), rng.normal(size=(1, 2))
    yield one("200 steps, so many that the product of all a is 0 in floating point", long)
    yield one("float32 arguments", tuple(array.astype(np.float32) for array in (a, b, h0)), 1e-4)
    for name, other in layouts(a):
        yield one(name, (other, b, h0))
