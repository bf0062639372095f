"""The rate of growth of one vector. The oracle multiplies out in exact binary exponents: frexp after every product."""

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.contract import Contract

FUNCTIONS = ("lyapunov",)
EQUATION = "lyapunov"
PAGE = "ch03_gradients/growth"
DEMANDS = ("sizes of 1", "views", "large numbers")
CONTRACT = Contract(takes={"W": "H H", "V": "H D", "b": "H", "x": "T D", "v": "H"}, returns={"rate": ""})


def rate(W, V, b, x, v):
    """(1/T) ln (|J_T ... J_1 v| / |v|), the length kept as a fraction and a power of two."""
    h, u, power = np.zeros(len(b)), np.array(v, float), 0
    for x_t in x:
        h = np.tanh(W @ h + V @ x_t + b)
        u = np.diag(1 - h * h) @ W @ u
        _, e = np.frexp(np.abs(u).max())
        u, power = np.ldexp(u, -int(e)), power + int(e)
    return (np.log(np.linalg.norm(u)) + power * np.log(2) - np.log(np.linalg.norm(v))) / len(x)


def network(rng, T, D, H, gain, inputs=1.0):
    W = gain * rng.normal(size=(H, H)) / np.sqrt(H)
    return W, rng.normal(size=(H, D)), 0.3 * rng.normal(size=H), inputs * rng.normal(size=(T, D)), rng.normal(size=H)


def one(name, args):
    return Case(name, lambda f: {"rate": f.lyapunov(*args)}, {"rate": rate(*args)})


def cases(rng):
    args = network(rng, 7, 3, 5, 1.5)
    yield one("a short sequence", args)
    yield one("one step", network(rng, 1, 3, 4, 1.0))
    yield one("two steps", network(rng, 2, 4, 3, 1.0))
    yield one("one unit", network(rng, 6, 2, 1, 2.0))
    yield one("no inputs to speak of, where states stay small and vectors grow", network(rng, 30, 2, 6, 3.0, 0.01))
    yield one("a long sequence, over which the product vanishes", network(rng, 400, 2, 4, 0.1, 0.5))
    W, V, b, x, v = args
    yield one("a vector a thousand times as long", (W, V, b, x, 1000 * v))
    Q, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    yield one("a product that overflows", (30 * Q, 0 * V, 0 * b, np.zeros((240, 3)), v))
    for name, other in layouts(W):
        yield one(name, (other, V, b, x, v))


EXPLAINED = {
    r"`(v|h|x_t)` became `(v|h|x_t)\.T`": "A vector is its own transpose in NumPy, which has no rows and columns of one.",
    r"`1 - h \*\* 2` became `h \*\* 2 - 1`": "It turns the vector round at every step, which does not change its length.",
    r"`b` became `[VWv]` in `h, total": "All of them have H rows, so the state has the same size.",
}
