"""A code that is fed at every step, backward. The oracle is the complex step through the forward pass."""

import numpy as np

from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract
from rnncore.gradcheck import complex_step

FUNCTIONS = ("code_every_step_backward",)
EQUATION = "code-every-step"
PAGE = "ch08_conditional/condition"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(
    takes={"dhs": "T B H", "hs": "T B H", "e": "B E", "M": "H E", "W": "H H"},
    returns={"de": "B E: the gradient on the code", "dM": "H E", "dh0": "B H: the gradient on the initial state"},
)
NAMES = ("de", "dM", "dh0")


def forward(fed, h0, e, M, W):
    """The states (T, B, H). fed: (T, B, H), the input's part of each step with the bias."""
    h, hs = h0, []
    for a in fed:
        h = np.tanh(a + h @ W.T + e @ M.T)
        hs.append(h)
    return np.stack(hs)


def draw(rng, s, E):
    """The arguments of `forward`: fed, h0, e, M, W."""
    fed, h0 = rng.normal(size=(s.T, s.B, s.H)), rng.normal(size=(s.B, s.H))
    return fed, h0, rng.normal(size=(s.B, E)), rng.normal(size=(s.H, E)), rng.normal(size=(s.H, s.H)) / np.sqrt(s.H)


def one(name, made, dhs, rtol=RTOL):
    fed, h0, e, M, W = made
    values = np.asarray(dhs)
    want = {
        "de": complex_step(lambda w: (values * forward(fed, h0, w, M, W)).sum(), e),
        "dM": complex_step(lambda w: (values * forward(fed, h0, e, w, W)).sum(), M),
        "dh0": complex_step(lambda w: (values * forward(fed, w, e, M, W)).sum(), h0),
    }
    hs = forward(*made)
    return Case(name, lambda f: dict(zip(NAMES, f.code_every_step_backward(dhs, hs, e, M, W))), want, rtol=rtol)


def cases(rng):
    for k, s in enumerate(sizes(rng)):
        E = (2, 5, 3, 2, 1, 4)[k]
        yield one(f"{s.name}, E={E}", draw(rng, s, E), rng.normal(size=(s.T, s.B, s.H)))
    s = next(sizes(rng))
    made, dhs = draw(rng, s, 2), rng.normal(size=(s.T, s.B, s.H))
    late, early = np.zeros_like(dhs), np.zeros_like(dhs)
    late[-1], early[0] = dhs[-1], dhs[0]
    yield one("a loss at the last step only", made, late)
    yield one("a loss at the first step only", made, early)
    yield one("gradients ten times as large", made, 10 * dhs)
    for name, other in layouts(dhs):
        yield one(name, made, other)
