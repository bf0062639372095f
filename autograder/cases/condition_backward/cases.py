"""The way back. The oracle is the complex step through the way in."""

import numpy as np

from autograder.cases.condition_state.cases import weights
from autograder.checks.case import Case, layouts
from autograder.checks.contract import Contract, Keys
from rnncore.gradcheck import complex_step

FUNCTIONS = ("condition_backward",)
EQUATION = "condition-state-backward"
PAGE = "ch08_conditional/condition"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(
    takes={"dh0": "N H", "which": "N", "x": "B F", "Q": {"P": "M F"}},
    returns={"grads": Keys({"P": "M F", "p": "M", "A": "H M", "a": "H"}, "the gradients")},
)
KEYS = ("P", "p", "A", "a")
AXES = {"dP": "EF", "dp": "E", "dA": "HE", "da": "H"}


def by_complex_step(dh0, which, x, Q):
    def loss(Q):
        h0 = np.tanh(x @ Q["P"].T + Q["p"]) @ Q["A"].T + Q["a"]
        return (dh0 * h0[which]).sum()

    return {f"d{key}": complex_step(lambda w, key=key: loss({**Q, key: w}), Q[key]) for key in KEYS}


def named(found):
    """A student's dict by name."""
    return {f"d{key}": found[key] for key in KEYS}


def one(name, dh0, which, x, Q):
    run = lambda f: named(f.condition_backward(dh0, which, x, Q))  # noqa: E731
    return Case(name, run, by_complex_step(np.asarray(dh0), which, np.asarray(x), Q), AXES)


def cases(rng):
    for B, F, E, H, which in [(3, 6, 4, 5, (2, 0, 0, 1, 2, 2)), (4, 2, 5, 3, (3, 1, 2, 0)), (2, 4, 3, 1, (1, 1, 1)),
                              (3, 3, 1, 2, (0, 2, 2)), (1, 1, 1, 1, (0, 0))]:  # fmt: skip
        yield one(f"{len(which)} captions of {B} pictures, F={F}, E={E}, H={H}", rng.normal(size=(len(which), H)),
                  np.array(which), rng.normal(size=(B, F)), weights(rng, F, E, H))  # fmt: skip
    x, Q, which = rng.normal(size=(3, 6)), weights(rng, 6, 4, 5), np.array([2, 0, 1, 1, 2])
    dh0 = rng.normal(size=(5, 5))
    yield one("gradients ten times as large", 10 * dh0, which, x, Q)
    only = np.zeros_like(dh0)
    only[3] = dh0[3]
    yield one("a gradient of one caption only", only, which, x, Q)
    for name, other in layouts(dh0):
        yield one(name, other, which, x, Q)


EXPLAINED = {
    r"`total` became `dh0` in `return .*\(number 2 of 2\)": "The sum over pictures of sums over captions is the sum over captions.",
}
