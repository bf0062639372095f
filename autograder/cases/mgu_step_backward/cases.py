"""One step of the minimal gated unit back. The oracle is the complex step through a forward pass in loops."""

import numpy as np

from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import OWN, Contract, Keys
from rnncore.gradcheck import complex_step

FUNCTIONS = ("mgu_step", "mgu_step_backward")
EQUATION = "gru-gates-backward"
PAGE = "ch05_gru/backward"
DEMANDS = ("float32", "sizes of 1", "views")
WEIGHTS = {f"{name}_{q}": axes for q in "fn" for name, axes in (("V", "H D"), ("W", "H H"), ("b", "H"))}
GIVEN = {"mgu_step": Contract(takes={"x": "B D", "h": "B H"}, returns={"h_next": "B H", "cache": OWN})}
CONTRACT = Contract(
    takes={"dh_next": "B H", "cache": None},
    returns={
        "dx": "B D",
        "dh": "B H",
        "dP": Keys(WEIGHTS, "the gradient of each weight, by its key in P", said="a dict with the keys of P"),
    },
)
AXES = {"dx": "BD", "dh": "BH", **{f"d{key}": axes.replace(" ", "") for key, axes in WEIGHTS.items()}}


def draw(rng, s, scale=0.7):
    """Return the arguments of a step: x, h and the weights by name; nothing zero, nothing symmetric."""
    P = {key: scale * rng.normal(size=[getattr(s, a) for a in axes.split()]) for key, axes in WEIGHTS.items()}
    return rng.normal(size=(s.B, s.D)), rng.normal(size=(s.B, s.H)), P


def loss(x, h, P, g):
    """Return the sum of g h_next, unit by unit."""
    total = 0j
    for x_b, h_b, g_b in zip(x, h, g):
        f = [1 / (1 + np.exp(-(P["V_f"][i] @ x_b + P["W_f"][i] @ h_b + P["b_f"][i]))) for i in range(len(h_b))]
        for i, g_i in enumerate(g_b):
            heard = sum(P["W_n"][i, j] * f[j] * h_b[j] for j in range(len(h_b)))
            n = np.tanh(P["V_n"][i] @ x_b + heard + P["b_n"][i])
            total = total + g_i * (h_b[i] + f[i] * (n - h_b[i]))
    return total


def expected(x, h, P, g):
    """Return all gradients by name."""
    x, h, g = (np.asarray(a, float) for a in (x, h, g))
    P = {key: np.asarray(value, float) for key, value in P.items()}
    of = {f"d{key}": complex_step(lambda a, key=key: loss(x, h, {**P, key: a}, g), P[key]) for key in P}
    return {"dx": complex_step(lambda a: loss(a, h, P, g), x), "dh": complex_step(lambda a: loss(x, a, P, g), h), **of}


def named(result, k=""):
    """Return a result (dx, dh, dP) by name."""
    dx, dh, dP = result
    return {f"dx{k}": dx, f"dh{k}": dh, **{f"d{key}{k}": dP[key] for key in WEIGHTS}}


def one(name, args, dh_next, rtol=RTOL):
    def run(f):
        return named(f.mgu_step_backward(dh_next, f.mgu_step(*args)[1]))

    return Case(name, run, expected(*args, dh_next), AXES, rtol=rtol)


def twice(rng, s):
    """Forward A, forward B, backward A, backward B: a cache kept in one place gives itself away."""
    problems = [(draw(rng, s), rng.normal(size=(s.B, s.H))) for _ in range(2)]

    def run(f):
        caches = [f.mgu_step(*args)[1] for args, _ in problems]
        found = [f.mgu_step_backward(dh, cache) for (_, dh), cache in zip(problems, caches)]
        return named(found[0], " of call 1") | named(found[1], " of call 2")

    want = {
        f"{key} of call {k}": a for k, (args, dh) in enumerate(problems, 1) for key, a in expected(*args, dh).items()
    }
    return Case("forward twice, then backward twice", run, want)


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, draw(rng, s), rng.normal(size=(s.B, s.H)))
    s = next(sizes(rng))
    (x, h, P), dh_next = draw(rng, s), rng.normal(size=(s.B, s.H))
    only = np.zeros_like(dh_next)
    only[1] = dh_next[1]
    yield one("a gradient in one row of the batch only", (x, h, P), only)
    small = (x.astype(np.float32), h.astype(np.float32), {key: a.astype(np.float32) for key, a in P.items()})
    yield one("float32 arguments", small, dh_next.astype(np.float32), rtol=1e-4)
    for name, other in layouts(dh_next):
        yield one(name, (x, h, P), other)
    yield twice(rng, s)


EXPLAINED = {
    r"^`\(\('n', da_n, f \* h\), \('f', da_f, h\)\)` became ": "The order in which a dict is filled does not matter.",
    r"^`da_f` became `da` in `(dh|return)": "The loop before it ended with da_f under that name.",
}
