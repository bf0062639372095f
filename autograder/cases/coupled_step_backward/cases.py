"""One step of an LSTM with i = 1 - f, backward. The oracle is a complex step through a forward pass written here."""

import numpy as np

from autograder.cases.peephole_step_backward.cases import gradients
from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import OWN, Contract, Keys

FUNCTIONS = ("coupled_step", "coupled_step_backward")
EQUATION = "lstm-gates-backward"
PAGE = "ch04_lstm/backward"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(
    takes={"dh": "B H", "dC": "B H", "cache": None},
    returns={
        "da": Keys({q: "B H" for q in "fgo"}, "the gradients on a"),
        "dC_prev": "B H: the gradient on the old memory",
    },
)
GIVEN = {
    "coupled_step": Contract(
        takes={"a": {q: "B H" for q in "fgo"}, "C": "B H"}, returns={"h": "B H", "C_next": "B H", "cache": OWN}
    )
}
AXES = {**{f"da_{q}": "BH" for q in "fgo"}, "dC_prev": "BH"}


def forward(values):
    """h and C after the step, from the values by name; complex ones stay complex."""
    f, o = (1 / (1 + np.exp(-values[f"a_{q}"])) for q in "fo")
    C_next = f * values["C"] + (1 - f) * np.tanh(values["a_g"])
    return o * np.tanh(C_next), C_next


def draw(rng, s):
    """Values by name."""
    return {name: rng.normal(size=(s.B, s.H)) for name in ("a_f", "a_g", "a_o", "C")}


def called(f, values, *upstream):
    """What the student's functions return, by name."""
    *_, cache = f.coupled_step({q: values[f"a_{q}"] for q in "fgo"}, values["C"])
    da, dC_prev = f.coupled_step_backward(*upstream, cache)
    return {**{f"da_{q}": da[q] for q in "fgo"}, "dC_prev": dC_prev}


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
    yield one("old memory and candidate equal", {**values, "C": np.tanh(values["a_g"])}, dh, dC)
    yield one("memories far from zero", {**values, "C": 3 * values["C"]}, dh, dC)
    small = {key: value.astype(np.float32) for key, value in values.items()}
    yield one("float32 arguments", small, dh.astype(np.float32), dC.astype(np.float32), rtol=1e-4)
    for name, other in layouts(dh):
        yield one(name, values, other, dC)
