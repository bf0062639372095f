"""The derivative of one state by another. The oracle is the complex step through the network itself."""

import numpy as np

from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("jac_product",)
EQUATION = "jacobian-product"
PAGE = "ch03_gradients/products"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(
    takes={"hs": "T B H", "W": "H H"},
    returns={"product": "B H H: product[b, i, j] is the derivative of entry i of h_t by entry j of h_s"},
)


def network(rng, s, scale=0.8):
    """x, h0, V, W, b of a tanh network; nothing zero, nothing symmetric."""
    shapes = ((s.T, s.B, s.D), (s.B, s.H), (s.H, s.D), (s.H, s.H), (s.H,))
    return [scale * rng.normal(size=shape) for shape in shapes]


def states(x, h, V, W, b):
    """The states after h, one for each input."""
    hs = []
    for x_t in x:
        h = np.tanh(x_t @ V.T + h @ W.T + b)
        hs.append(h)
    return hs


def by_complex_step(problem, s, t):
    """Column j from a step of i 1e-30 in entry j of h_s."""
    x, h0, V, W, b = problem
    start = [h0, *states(*problem)][s]
    product = np.empty((*h0.shape, len(b)))
    for j in range(len(b)):
        moved = start + 1e-30j * np.eye(len(b))[j]
        product[..., j] = [moved, *states(x[s:t], moved, V, W, b)][-1].imag / 1e-30
    return product


def one(name, problem, s, t, rtol=RTOL, change=lambda a: a):
    hs, W = change(np.stack(states(*problem))), change(problem[3])
    return Case(name, lambda f: {"product": f.jac_product(hs, W, s, t)}, {"product": by_complex_step(problem, s, t)},
                rtol=rtol)  # fmt: skip


def cases(rng):
    for s in sizes(rng):
        yield one(f"{s.name}, from step 0 to the last", network(rng, s), 0, s.T)
    s = next(sizes(rng))
    problem = network(rng, s)
    for first, last in [(0, 3), (2, 5), (1, 4), (1, 2), (4, 5)]:
        yield one(f"from step {first} to step {last}", problem, first, last)
    for step in (0, 3, 5):
        yield one(f"the empty product, s = t = {step}", problem, step, step)
    yield one("float32 arguments", problem, 1, 4, 1e-4, lambda a: a.astype(np.float32))
    hs, W = np.stack(states(*problem)), problem[3]
    for name, other in layouts(hs):
        yield Case(name, lambda f, other=other: {"product": f.jac_product(other, W, 1, 4)},
                   {"product": by_complex_step(problem, 1, 4)})  # fmt: skip
    yield Case("states at their bounds, where every slope is zero",
               lambda f: {"product": f.jac_product(np.ones_like(hs), W, 1, 4)},
               {"product": np.zeros((s.B, s.H, s.H))})  # fmt: skip
