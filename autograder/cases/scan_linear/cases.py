"""A recurrence by a scan. The oracle is a loop; of the joints, which are all that a scan may use, the calls are counted.

In some cases steps are h_t = max(a_t + h_{t-1}, b_t): the same scan, another arithmetic. What computes with a, b and h0
itself is wrong there, so a loop cannot pass: with `combine` it takes too many rounds, and without it it is wrong.
"""

import math

import numpy as np

from autograder.checks.case import Case, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("scan_linear",)
EQUATION = "linear-recurrence"
PAGE = "ch11_after/linear"
DEMANDS = ("float32", "sizes of 1")
CONTRACT = Contract(takes={"a": "T B H", "b": "T B H", "h0": "B H"}, returns={"hs": "T B H: h_1 ... h_T"})


def linear(a, b, c, d):
    """Join steps of h = a h + b, those of (a, b) after those of (c, d)."""
    return a * c, a * d + b


def rewarding(a, b, c, d):
    """Join steps of h = max(a + h, b), those of (a, b) after those of (c, d)."""
    return a + c, np.maximum(a + d, b)


class Counted:
    """A joint that counts its calls, and the most steps that one of them joined. Raises ValueError for arrays that are
    no steps of one kind.
    """

    def __init__(self, joint):
        self.joint, self.calls, self.widest = joint, 0, 0

    def __call__(self, *steps):
        arrays = [np.asarray(step) for step in steps]
        if len(arrays) != 4 or any(one.shape != arrays[0].shape for one in arrays):
            shapes = ", ".join(str(one.shape) for one in arrays)
            raise ValueError(f"combine: got arrays of shape {shapes}, expected four of one shape, (n, B, H)")
        self.calls, self.widest = self.calls + 1, max(self.widest, len(arrays[0]) if arrays[0].ndim else 0)
        return self.joint(*arrays)


def allowed(T):
    """Return how many calls T steps may take."""
    return 2 * math.ceil(math.log2(T + 1)) + 2


def too_many(T):
    """Return a judge of the number of calls."""

    def judge(outputs):
        if outputs["calls"] <= allowed(T):
            return None
        return f"combine was called {outputs['calls']} times for {T} steps, where {allowed(T)} are allowed"

    return judge


def draw(rng, T, B, H):
    return rng.uniform(-1.5, 1.5, size=(T, B, H)), rng.normal(size=(T, B, H)), rng.normal(size=(B, H))


def expected(a, b, h0, joint):
    h, hs = np.asarray(h0, float), []
    for now, new in zip(np.asarray(a, float), np.asarray(b, float)):
        h = now * h + new if joint is linear else np.maximum(now + h, new)
        hs.append(h)
    return np.stack(hs)


def one(name, args, joint=linear, rtol=RTOL):
    def run(f):
        combine = Counted(joint)
        return {"hs": f.scan_linear(*args, combine), "calls": combine.calls}

    return Case(name, run, {"hs": expected(*args, joint)}, rtol=rtol, judge=too_many(len(args[0])))


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, draw(rng, s.T, s.B, s.H))
        yield one(f"{s.name}, rewards", draw(rng, s.T, s.B, s.H), rewarding)
    a, b, h0 = draw(rng, 7, 3, 2)
    yield one("a negative everywhere", (-np.abs(a), b, h0))
    some = a.copy()
    some[2], some[0, 0] = 0, 0
    yield one("a is 0 at some steps", (some, b, h0))
    yield one("a is 1 everywhere, a running sum", (0 * a + 1, b, h0))
    yield one("b is 0 everywhere", (a, 0 * b, h0))
    yield one("rewards that are never worth a new start", (abs(a), b - 40, h0), rewarding)
    for T in (16, 17, 50):
        yield one(f"{T} steps", draw(rng, T, 2, 3))
        yield one(f"{T} steps, rewards", draw(rng, T, 3, 2), rewarding)
    long = rng.uniform(0.005, 0.02, size=(200, 2, 2)), rng.normal(size=(200, 2, 2)), rng.normal(size=(2, 2))
    yield one("200 steps, so many that the product of all a is 0 in floating point", long)
    yield one("float32 arguments", tuple(array.astype(np.float32) for array in (a, b, h0)), rtol=1e-4)


EXPLAINED = {
    r"`k < len\(A\)` became `k <= len\(A\)`": "One more call, with no step in it, joins nothing and is allowed.",
    r"^`A` became `B` in `while": "Factors and terms are equally many.",
    r"^`a` became `b` in `A, B = \(np\.concatenate\(\[a\[:1\], a": "No step comes before that of h0, so its factor counts nowhere.",
    r"^`A` became `[Bab]` in .*longer\[0\].*number 2 of 2": "The first k factors are never read again: only the terms are returned, and each later round reads those beyond.",
}
