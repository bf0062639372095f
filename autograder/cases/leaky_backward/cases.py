"""A leaky network backward. The oracle is the complex step through the forward pass, all entries of an array at once."""

import numpy as np

from autograder.cases.rnn_forward.cases import draw
from autograder.checks.case import back_twice, layouts, sizes, there_and_back
from autograder.checks.compare import RTOL
from autograder.checks.contract import OWN, Contract

FUNCTIONS = ("leaky_forward", "leaky_backward")
EQUATION = "bptt-delta"
PAGE = "ch02_bptt/bptt"
DEMANDS = ("float32", "sizes of 1", "views")
GIVEN = {"leaky_forward": Contract(takes={"x": "T B D", "h0": "B H"}, returns={"hs": "T B H", "cache": OWN})}
CONTRACT = Contract(
    takes={"dhs": "T B H", "cache": None},
    returns={"dx": "T B D", "dh0": "B H", "dV": "H D", "dW": "H H", "db": "H", "da": "H"},
)
AXES = {"dx": "TBD", "dh0": "BH", "dV": "HD", "dW": "HH", "db": "H", "da": "H"}
NUDGE = 1e-30


def states(x, h0, V, W, b, a):
    """Return h_0 to h_T, each (..., B, H). Every argument may have an axis in front, of things that are tried at once."""
    V, W, b, a, hs = np.swapaxes(V, -1, -2), np.swapaxes(W, -1, -2), b[..., None, :], a[..., None, :], [h0]
    for t in range(x.shape[-3]):
        hs.append((1 - a) * hs[-1] + a * np.tanh(x[..., t, :, :] @ V + hs[-1] @ W + b))
    return hs


def by_complex_step(loss, args):
    """Return the gradient of a function of several arrays for each of them."""
    args, found = [np.array(arg, float) for arg in args], []
    for k, arg in enumerate(args):
        nudged = arg + 1j * NUDGE * np.eye(arg.size).reshape(arg.size, *arg.shape)
        found.append((loss(*args[:k], nudged, *args[k + 1 :]).imag / NUDGE).reshape(arg.shape))
    return found


def inner(dhs, hs):
    """Return the sum over t, b, i of dhs hs."""
    return sum((dh * h).sum(axis=(-1, -2)) for dh, h in zip(dhs, hs[1:]))


def expected(args, dhs):
    return dict(zip(AXES, by_complex_step(lambda *args: inner(dhs, states(*args)), args)))


def leaks(rng, s):
    """Return the arguments of a forward pass, with a leak for each unit."""
    return *draw(rng, s), rng.uniform(0.2, 0.9, s.H)


def one(name, args, dhs, rtol=RTOL):
    return there_and_back(name, "leaky_forward", args, "leaky_backward", dhs, expected(args, dhs), AXES, rtol)


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, leaks(rng, s), rng.normal(size=(s.T, s.B, s.H)))
    s = next(sizes(rng))
    first, second = leaks(rng, s), leaks(rng, s)
    dhs = rng.normal(size=(s.T, s.B, s.H))
    for name, step in [("last", -1), ("first", 0)]:
        only = np.zeros_like(dhs)
        only[step] = dhs[step]
        yield one(f"a gradient at the {name} step only", first, only)
    yield one("no leak: a is 1, and the network is the vanilla one", (*first[:-1], np.ones(s.H)), dhs)
    yield one("float32 arguments", tuple(arg.astype(np.float32) for arg in first), dhs.astype(np.float32), 1e-4)
    for name, other in layouts(dhs):
        yield one(name, first, other)
    problems = [(first, dhs, expected(first, dhs)), (second, 2 * dhs, expected(second, 2 * dhs))]
    yield back_twice("leaky_forward", "leaky_backward", problems)


EXPLAINED = {
    r"^`hs` became `(dhs|ns|previous)` in `dz, da, carry": "The new array has the same shape and dtype, and is filled later.",
    r"^`h0` became `a` in `dz, da, carry": "Zeros of shape (H,) are added to every row of the batch as those of (B, H) are.",
    r"^`x` became `(dhs|dz|hs|ns|previous)` in `for t in ": "All of these have T entries.",
    r"^`\(0, 1\)` became `\(1, 0\)`": "The order of the axes that are summed away does not matter.",
}
