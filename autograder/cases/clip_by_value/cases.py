"""Clipping by value. The oracle walks through the entries with an if."""

import numpy as np

from autograder.cases.clip_by_norm.cases import draw
from autograder.checks.case import Case, layouts
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract, Like

FUNCTIONS = ("clip_by_value",)
EQUATION = "clip-by-value"
PAGE = "ch03_gradients/clipping"
DEMANDS = ("arguments stay as they are", "float32", "views")
CONTRACT = Contract(takes={"grads": None}, returns={"clipped": Like("grads")})


def limited(g, c):
    out = np.array(g, float)
    for k in np.ndindex(out.shape):
        if out[k] > c:
            out[k] = c
        elif out[k] < -c:
            out[k] = -c
    return out


def named(clipped, grads):
    """The result by name."""
    return {f"clipped {key}": clipped[key] for key in grads}


def one(name, grads, c, rtol=RTOL):
    want = {f"clipped {key}": limited(g, c) for key, g in grads.items()}
    return Case(name, lambda f: named(f.clip_by_value(grads, c), grads), want, rtol=rtol)


def cases(rng):
    grads = draw(rng, 12.0)
    yield one("entries above and below", grads, 0.8)
    yield one("another threshold", grads, 2.0)
    yield one("nothing to clip", draw(rng, 1.0), 5.0)
    yield one("every entry too large", {"W": 10 + rng.random((3, 2)), "b": -10 - rng.random(4)}, 1.5)
    yield one("one array", {"g": np.array([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0])}, 1.0)
    yield one("a short array beside a long one", {"a": np.array([7.0, -0.5]), "b": 3 * rng.normal(size=20)}, 1.2)
    yield one("zeros", {"W": np.zeros((2, 3))}, 1.0)
    yield one("float32 gradients", {key: g.astype(np.float32) for key, g in grads.items()}, 0.8)
    for name, other in layouts(grads["V"], read_only=True):
        yield one(name, {**grads, "V": other}, 0.8)
