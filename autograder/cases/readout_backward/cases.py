"""The readout's gradients. The oracle is added up number by number, with math.fsum."""

import math

import numpy as np

from autograder.checks.case import SHAPES, Case, layouts
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("readout_backward",)
EQUATION = "readout-backward"
PAGE = "ch02_bptt/derivative"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(takes={"dys": "T B K", "hs": "T B H", "U": "K H"}, returns={"dhs": "T B H", "dU": "K H", "dc": "K"})
AXES = {"dhs": "TBH", "dU": "KH", "dc": "K"}


def expected(dys, hs, U):
    (T, B, K), H = dys.shape, hs.shape[-1]
    dys, hs, U = (np.asarray(a, float) for a in (dys, hs, U))
    steps = [(t, b) for t in range(T) for b in range(B)]
    dhs = [
        [[math.fsum(dys[t, b, k] * U[k, i] for k in range(K)) for i in range(H)] for b in range(B)] for t in range(T)
    ]
    dU = [[math.fsum(dys[t, b, k] * hs[t, b, i] for t, b in steps) for i in range(H)] for k in range(K)]
    dc = [math.fsum(dys[t, b, k] for t, b in steps) for k in range(K)]
    return {"dhs": np.array(dhs), "dU": np.array(dU), "dc": np.array(dc)}


def one(name, args, rtol=RTOL):
    return Case(name, lambda f: dict(zip(AXES, f.readout_backward(*args))), expected(*args), AXES, rtol=rtol)


def draw(rng, T, B, K, H):
    return rng.normal(size=(T, B, K)), rng.normal(size=(T, B, H)), rng.normal(size=(K, H))


def cases(rng):
    for s in SHAPES:
        yield one(s.name, draw(rng, s.T, s.B, s.D, s.H))
    yield one("two symbols and sixteen units", draw(rng, 3, 4, 2, 16))
    yield one("as many outputs as units", draw(rng, 4, 3, 5, 5))
    dys, hs, U = draw(rng, 5, 3, 4, 6)
    last = np.zeros_like(dys)
    last[-1] = dys[-1]
    yield one("a loss at the last step only", (last, hs, U))
    yield one("float32 arguments", tuple(a.astype(np.float32) for a in (dys, hs, U)), 1e-4)
    for name, other in layouts(dys):
        yield one(name, (other, hs, U))


EXPLAINED = {
    r"^`\(0, 1\)` became `\(1, 0\)`": "The order of the axes that are summed away does not matter.",
}
