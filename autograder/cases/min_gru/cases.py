"""The minimal GRU. The oracle solves h_t - z_t h_{t-1} = (1 - z_t) n_t for all t at once, as linear equations."""

import numpy as np

from autograder.cases.scan_linear.cases import expected as solve
from autograder.checks.case import Case, layouts, sizes
from autograder.checks.contract import Contract

FUNCTIONS = ("min_gru",)
EQUATION = "min-gru"
PAGE = "ch11_after/linear"
DEMANDS = ("sizes of 1", "views", "large numbers")
CONTRACT = Contract(takes={"x": "T B D", "h0": "B H"}, returns={"hs": "T B H: h_1 ... h_T"})


def draw(rng, T, B, D, H):
    """x, h0 and the weights; none of the biases is near zero."""
    shapes = {"V_z": (H, D), "b_z": (H,), "V_n": (H, D), "b_n": (H,)}
    P = {key: rng.uniform(0.5, 1.5, size=shape) * rng.choice([-1, 1], size=shape) for key, shape in shapes.items()}
    return rng.normal(size=(T, B, D)), rng.normal(size=(B, H)), P


def expected(x, h0, P):
    a = np.einsum("tbd,hd->tbh", x, P["V_z"]) + P["b_z"]
    z = np.where(a >= 0, 1, np.exp(-np.abs(a))) / (1 + np.exp(-np.abs(a)))
    n = np.einsum("tbd,hd->tbh", x, P["V_n"]) + P["b_n"]
    return solve(z, (1 - z) * n, h0)


def one(name, x, h0, P):
    return Case(name, lambda f: {"hs": f.min_gru(x, h0, P)}, {"hs": expected(x, h0, P)})


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, *draw(rng, s.T, s.B, s.D, s.H))
    x, h0, P = draw(rng, 6, 3, 4, 5)
    yield one("six steps", x, h0, P)
    yield one("a gate that is shut or open all the way", 1000 * np.sign(x), h0, P)
    yield one("a gate that keeps everything", x, h0, P | {"b_z": P["b_z"] * 0 + 800})
    yield one("no input, only biases", 0 * x, h0, P)
    for name, other in layouts(x):
        yield one(name, other, h0, P)
