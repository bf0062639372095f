"""One step of a GRU with zoneout back. The oracle is the complex step through a forward pass in loops."""

import numpy as np

from autograder.cases.gru_step.cases import WEIGHTS, draw, state
from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import OWN, Contract, Keys
from rnncore.gradcheck import complex_step

FUNCTIONS = ("zoneout_step", "zoneout_step_backward")
EQUATION = "gru-state-backward"
PAGE = "ch05_gru/backward"
DEMANDS = ("float32", "sizes of 1", "views")
GIVEN = {"zoneout_step": Contract(takes={"x": "B D", "h": "B H"}, returns={"h_next": "B H", "cache": OWN})}
CONTRACT = Contract(
    takes={"dh_next": "B H", "cache": None},
    returns={
        "dx": "B D",
        "dh": "B H",
        "dP": Keys(WEIGHTS, "the gradient of each weight, by its key in P", said="a dict with the keys of P"),
    },
)
AXES = {"dx": "BD", "dh": "BH", **{f"d{key}": axes.replace(" ", "") for key, axes in WEIGHTS.items()}}


def loss(x, h, P, keep, g):
    """Return the sum of g h_next, unit by unit."""
    total = 0j
    for x_b, h_b, k_b, g_b in zip(x, h, np.broadcast_to(keep, h.shape), g):
        for i, g_i in enumerate(g_b):
            r, z = (1 / (1 + np.exp(-(P[f"V_{q}"][i] @ x_b + P[f"W_{q}"][i] @ h_b + P[f"b_{q}"][i]))) for q in "rz")
            n = np.tanh(P["V_n"][i] @ x_b + P["b_in"][i] + r * (P["W_n"][i] @ h_b + P["b_hn"][i]))
            total = total + g_i * (h_b[i] + (1 - k_b[i]) * (1 - z) * (n - h_b[i]))
    return total


def expected(x, h, P, keep, g):
    """Return all gradients by name."""
    x, h, keep, g = (np.asarray(a, float) for a in (x, h, keep, g))
    P = {key: np.asarray(value, float) for key, value in P.items()}
    of = {f"d{key}": complex_step(lambda a, key=key: loss(x, h, {**P, key: a}, keep, g), P[key]) for key in P}
    dx, dh = complex_step(lambda a: loss(a, h, P, keep, g), x), complex_step(lambda a: loss(x, a, P, keep, g), h)
    return {"dx": dx, "dh": dh, **of}


def one(name, args, dh_next, rtol=RTOL):
    def run(f):
        dx, dh, dP = f.zoneout_step_backward(dh_next, f.zoneout_step(*args)[1])
        return {"dx": dx, "dh": dh, **{f"d{key}": dP[key] for key in WEIGHTS}}

    return Case(name, run, expected(*args, dh_next), AXES, rtol=rtol)


def mask(rng, s):
    """Return a mask (B, H) of both kinds, if it has more than one entry."""
    found = rng.permutation(np.arange(s.B * s.H) % 2).reshape(s.B, s.H)
    return found.astype(float)


def cases(rng):
    for s in sizes(rng):
        args, dh_next = (*state(rng, s), draw(rng, s, scale=0.5)), rng.normal(size=(s.B, s.H))
        if s.B * s.H > 1:  # a mask of one entry would keep all or nothing
            yield one(f"{s.name}, in training", (*args, mask(rng, s)), dh_next)
        yield one(f"{s.name}, at test time", (*args, rng.uniform(0.2, 0.8)), dh_next)
    s = next(sizes(rng))
    (x, h), P, dh_next = state(rng, s), draw(rng, s, scale=0.5), rng.normal(size=(s.B, s.H))
    yield one("a mask of zeros: the plain GRU", (x, h, P, np.zeros((s.B, s.H))), dh_next)
    yield one("a mask of ones: nothing moves", (x, h, P, np.ones((s.B, s.H))), dh_next)
    keep = mask(rng, s)
    small = tuple(a.astype(np.float32) for a in (x, h))
    small = (*small, {key: a.astype(np.float32) for key, a in P.items()}, keep.astype(np.float32))
    yield one("float32 arguments", small, dh_next.astype(np.float32), rtol=1e-4)
    for name, other in layouts(dh_next):
        yield one(name, (x, h, P, keep), other)
