"""The Jacobian of every step. The oracle is the complex step through the network itself."""

import numpy as np

from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("jacobians",)
EQUATION = "jacobian-product"
PAGE = "ch03_gradients/products"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(
    takes={"hs": "T B H", "W": "H H"},
    returns={"J": "T B H H: J[t, b, i, j] is the derivative of entry i of the new state by entry j of the old one"},
)


def network(rng, s, scale=1.0):
    """x, h0, V, W, b of a tanh network; nothing zero, nothing symmetric."""
    shapes = ((s.T, s.B, s.D), (s.B, s.H), (s.H, s.D), (s.H, s.H), (s.H,))
    return [scale * rng.normal(size=shape) for shape in shapes]


def states(x, h0, V, W, b):
    """h_0 ... h_T."""
    hs = [h0]
    for x_t in x:
        hs.append(np.tanh(x_t @ V.T + hs[-1] @ W.T + b))
    return np.stack(hs)


def by_complex_step(x, h0, V, W, b):
    """J (T, B, H, H): column j from a step of i 1e-30 in entry j of the old state."""
    before = states(x, h0, V, W, b)[:-1]
    H = len(b)
    J = np.empty((*before.shape, H))
    for j in range(H):
        moved = before + 1e-30j * np.eye(H)[j]
        J[..., j] = np.tanh(x @ V.T + moved @ W.T + b).imag / 1e-30
    return J


def one(name, problem, rtol=RTOL, change=lambda a: a):
    hs, W = states(*problem)[1:], problem[3]
    return Case(name, lambda f: {"J": f.jacobians(change(hs), change(W))}, {"J": by_complex_step(*problem)}, rtol=rtol)


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, network(rng, s, 0.7))
    s = next(sizes(rng))
    problem = network(rng, s, 0.7)
    yield one("float32 arguments", problem, rtol=1e-4, change=lambda a: a.astype(np.float32))
    hs, W = states(*problem)[1:], problem[3]
    for name, other in layouts(hs):
        yield Case(name, lambda f, other=other: {"J": f.jacobians(other, W)}, {"J": by_complex_step(*problem)})
    full = np.ones_like(hs)
    yield Case("states at their bounds, where every slope is zero", lambda f: {"J": f.jacobians(full, W)},
               {"J": np.zeros((*hs.shape, s.H))})  # fmt: skip
