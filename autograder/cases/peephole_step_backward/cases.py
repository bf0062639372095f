"""One step of an LSTM with three peepholes, backward. The oracle is a complex step through its own forward pass."""

import numpy as np

from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import OWN, Contract, Keys
from rnncore.gradcheck import complex_step

FUNCTIONS = ("peephole_step", "peephole_step_backward")
EQUATION = "lstm-state-backward"
PAGE = "ch04_lstm/backward"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(
    takes={"dh": "B H", "dC": "B H", "cache": None},
    returns={
        "da": Keys({q: "B H" for q in "ifgo"}, "the gradients on a"),
        "dC_prev": "B H: the gradient on the old memory",
        "dp": Keys({q: "H" for q in "ifo"}, "the gradients of the peepholes"),
    },
)
GIVEN = {
    "peephole_step": Contract(
        takes={"a": {q: "B H" for q in "ifgo"}, "C": "B H", "p": {q: "H" for q in "ifo"}},
        returns={"h": "B H", "C_next": "B H", "cache": OWN},
    )
}
AXES = {**{f"da_{q}": "BH" for q in "ifgo"}, "dC_prev": "BH", **{f"dp_{q}": "H" for q in "ifo"}}


def forward(values):
    """h and C after the step, from the values by name; complex ones stay complex."""
    logistic = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
    C = values["C"]
    i, f = (logistic(values[f"a_{q}"] + values[f"p_{q}"] * C) for q in "if")
    C_next = f * C + i * np.tanh(values["a_g"])
    o = logistic(values["a_o"] + values["p_o"] * C_next)
    return o * np.tanh(C_next), C_next


def gradients(forward, values, dh, dC):
    """The gradient on each value, by complex steps."""

    def loss(name, z):
        h, C = forward({**values, name: z})
        return np.sum(dh * h) + np.sum(dC * C)

    found = {name: complex_step(lambda z, name=name: loss(name, z), value) for name, value in values.items()}
    return {"dC_prev" if name == "C" else f"d{name}": gradient for name, gradient in found.items()}


def draw(rng, s):
    """Values by name; nothing zero, nothing alike."""
    return {
        **{f"a_{q}": rng.normal(size=(s.B, s.H)) for q in "ifgo"},
        **{f"p_{q}": rng.normal(size=s.H) for q in "ifo"},
        "C": rng.normal(size=(s.B, s.H)),
    }


def called(f, values, *upstream):
    """What the student's functions return, by name."""
    part = lambda letter: {name[2:]: value for name, value in values.items() if name[0] == letter}  # noqa: E731
    *_, cache = f.peephole_step(part("a"), values["C"], part("p"))
    da, dC_prev, dp = f.peephole_step_backward(*upstream, cache)
    return {**{f"da_{q}": da[q] for q in "ifgo"}, "dC_prev": dC_prev, **{f"dp_{q}": dp[q] for q in "ifo"}}


def one(name, values, dh, dC, rtol=RTOL):
    wide = {key: value.astype(float) for key, value in values.items()}
    want = gradients(forward, wide, dh.astype(float), dC.astype(float))
    return Case(name, lambda f: called(f, values, dh, dC), want, AXES, rtol=rtol)


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, draw(rng, s), *rng.normal(size=(2, s.B, s.H)))
    s = next(sizes(rng))
    values, (dh, dC) = draw(rng, s), rng.normal(size=(2, s.B, s.H))
    yield one("a gradient on the output only", values, dh, 0 * dC)
    yield one("a gradient on the memory only", values, 0 * dh, dC)
    yield one("no peepholes: the plain cell", {k: 0 * v if k[0] == "p" else v for k, v in values.items()}, dh, dC)
    yield one("memories far from zero", {**values, "C": 3 * values["C"]}, dh, dC)
    small = {key: value.astype(np.float32) for key, value in values.items()}
    yield one("float32 arguments", small, dh.astype(np.float32), dC.astype(np.float32), rtol=1e-4)
    for name, other in layouts(dh):
        yield one(name, values, other, dC)
