"""One step with layer normalisation, backward. The oracle is the complex step through a forward pass of its own."""

import numpy as np

from autograder.checks.case import Case, back_twice, layouts, sizes, there_and_back
from autograder.checks.compare import RTOL
from autograder.checks.contract import OWN, Contract
from rnncore.gradcheck import complex_step

FUNCTIONS = ("layer_norm_step", "layer_norm_step_backward")
EQUATION = "layer-norm-step"
PAGE = "ch03_gradients/initialisation"
DEMANDS = ("float32", "sizes of 1", "views")
TAKES = {"x": "B D", "h": "B H", "V": "H D", "W": "H H", "gamma": "H", "beta": "H"}
GIVEN = {"layer_norm_step": Contract(takes=TAKES, returns={"h_next": "B H", "cache": OWN})}
CONTRACT = Contract(
    takes={"dh_next": "B H", "cache": None},
    returns={"dx": "B D", "dh": "B H", "dV": "H D", "dW": "H H", "dgamma": "H", "dbeta": "H"},
)
AXES = {"dx": "BD", "dh": "BH", "dV": "HD", "dW": "HH", "dgamma": "H", "dbeta": "H"}
EPS = 1e-5


def state(x, h, V, W, gamma, beta):
    """The state after the step, by the definitions: also for complex numbers, whose variance NumPy takes otherwise."""
    z = x @ V.T + h @ W.T
    m = z.sum(axis=1, keepdims=True) / z.shape[1]
    s = (((z - m) * (z - m)).sum(axis=1, keepdims=True) / z.shape[1] + EPS) ** 0.5
    return np.tanh((z - m) / s * gamma + beta)


def expected(args, dh_next):
    def loss(k):
        return lambda moved: np.sum(dh_next * state(*args[:k], moved, *args[k + 1 :]))

    return {name: complex_step(loss(k), np.asarray(args[k], float)) for k, name in enumerate(AXES)}


def draw(rng, s, scale=0.7):
    """x, h, V, W, gamma, beta: gammas of both signs, nothing symmetric."""
    shapes = ((s.B, s.D), (s.B, s.H), (s.H, s.D), (s.H, s.H), (s.H,), (s.H,))
    return tuple(scale * rng.normal(size=shape) for shape in shapes)


def one(name, args, dh_next, rtol=10 * RTOL):
    """A case. rtol: two units that nearly agree have a small deviation, and dividing by it magnifies float32's error."""
    return there_and_back(name, "layer_norm_step", args, "layer_norm_step_backward", dh_next, expected(args, dh_next),
                          AXES, rtol)  # fmt: skip


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, draw(rng, s), rng.normal(size=(s.B, s.H)))
    s = next(sizes(rng))
    first, second = draw(rng, s), draw(rng, s)
    dh_next = rng.normal(size=(s.B, s.H))
    yield one("a gradient ten times as large", first, 10 * dh_next)
    only = np.zeros_like(dh_next)
    only[1, 2] = 1.0
    yield one("a gradient on one entry only", first, only)
    yield one("gammas of one and betas of zero", (*first[:4], np.ones(s.H), np.zeros(s.H)), dh_next)
    small = tuple(0.05 * a for a in first[:2])
    tiny = (*small, *(0.05 * a for a in first[2:4]), *first[4:])
    yield one("inputs so small that eps matters", tiny, dh_next)
    yield one("float32 arguments", tuple(a.astype(np.float32) for a in first), dh_next.astype(np.float32), 1e-4)
    for name, other in layouts(dh_next):
        yield one(name, first, other)

    problems = [(first, dh_next, expected(first, dh_next)), (second, 2 * dh_next, expected(second, 2 * dh_next))]
    yield back_twice("layer_norm_step", "layer_norm_step_backward", problems)
    yield shifted(first, dh_next)


def shifted(args, dh_next):
    """A column of ones among the inputs shifts every z of a sequence by the same amount, so no gradient reaches it."""
    x, h, V, W, gamma, beta = args
    moved = (x, h, np.column_stack([V[:, :-1], np.ones(len(V))]), W, gamma, beta)
    run = there_and_back(
        "", "layer_norm_step", moved, "layer_norm_step_backward", dh_next, expected(moved, dh_next), {}
    )

    def judge(outputs):
        dx = np.abs(outputs["dx"])
        small = dx[:, -1].max() < 10 * RTOL * max(1.0, dx.max())  # of two numbers that cancel, in float32
        return None if small else "an input that shifts all pre-activations alike gets a gradient"

    return Case("an input that shifts all pre-activations alike", run.run, judge=judge)


EXPLAINED: dict[str, str] = {}
