"""A condition as the initial state, there and back. The oracles: rnncore's conditional model, and the complex step."""

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.contract import Contract, Keys
from rnncore.gradcheck import complex_step
from rnncore.models import Conditional, LanguageModel

FUNCTIONS = ("condition_state", "condition_backward")
EQUATION = "condition-state-backward"
PAGE = "ch08_conditional/condition"
DEMANDS = ("sizes of 1", "views")
PARTS = {"the initial state": 0.3, "the gradients": 0.7}
CONTRACT = Contract(
    takes={"dh0": "N H", "which": "N", "x": "B F", "Q": {"P": "E F"}},
    returns={"grads": Keys({"P": "E F", "p": "E", "A": "H E", "a": "H"}, "the gradients")},
)
GIVEN = {"condition_state": Contract(takes={"x": "B F", "Q": {"a": "H"}}, returns={"h0": "B H: the initial states"})}
KEYS = ("P", "p", "A", "a")
AXES = {"dP": "EF", "dp": "E", "dA": "HE", "da": "H"}


def weights(rng, F, E, H):
    return {
        "P": rng.normal(size=(E, F)),
        "p": rng.normal(size=E),
        "A": rng.normal(size=(H, E)),
        "a": rng.normal(size=H),
    }


def by_rnncore(x, Q):
    model = Conditional(x.shape[1], LanguageModel(2, 2, 1, len(Q["a"])), len(Q["p"]))
    return model.encode(Q, np.asarray(x, float))[0][0][0]


def by_complex_step(dh0, which, x, Q):
    def loss(Q):
        h0 = np.tanh(x @ Q["P"].T + Q["p"]) @ Q["A"].T + Q["a"]
        return (dh0 * h0[which]).sum()

    return {f"d{key}": complex_step(lambda w, key=key: loss({**Q, key: w}), Q[key]) for key in KEYS}


def there(name, x, Q):
    run = lambda f: {"h0": f.condition_state(x, Q)}  # noqa: E731
    return Case(name, run, {"h0": by_rnncore(x, Q)}, {"h0": "BH"}, part="the initial state")


def back(name, dh0, which, x, Q):
    def run(f):
        found = f.condition_backward(dh0, which, x, Q)
        return {f"d{key}": found[key] for key in KEYS}

    want = by_complex_step(np.asarray(dh0), which, np.asarray(x), Q)
    return Case(name, run, want, AXES, part="the gradients")


def cases(rng):
    x, Q, which = rng.normal(size=(3, 6)), weights(rng, 6, 4, 5), np.array([2, 0, 1, 1, 2])
    for B, F, E, H in ((3, 6, 4, 5), (1, 7, 2, 3), (1, 1, 1, 1)):
        yield there(f"the states of {B} pictures, F={F}, E={E}, H={H}", rng.normal(size=(B, F)), weights(rng, F, E, H))
    yield there("the states of one-hot conditions", np.eye(6)[[2, 0, 5]], Q)
    for name, other in layouts(x):
        yield there(name, other, Q)
    for B, F, E, H, owners in [(3, 6, 4, 5, (2, 0, 0, 1, 2, 2)), (4, 2, 5, 3, (3, 1, 2, 0)), (2, 4, 3, 1, (1, 1, 1)),
                               (3, 3, 1, 2, (0, 2, 2)), (1, 1, 1, 1, (0, 0))]:  # fmt: skip
        yield back(f"{len(owners)} captions of {B} pictures, F={F}, E={E}, H={H}", rng.normal(size=(len(owners), H)),
                   np.array(owners), rng.normal(size=(B, F)), weights(rng, F, E, H))  # fmt: skip
    dh0 = rng.normal(size=(5, 5))
    yield back("gradients ten times as large", 10 * dh0, which, x, Q)
    only = np.zeros_like(dh0)
    only[3] = dh0[3]
    yield back("a gradient of one caption only", only, which, x, Q)
    for name, other in layouts(dh0):
        yield back(name, other, which, x, Q)


EXPLAINED = {
    r"`total` became `dh0` in `return .*\(number 2 of 2\)": "The sum over pictures of sums over captions is that over "
    "captions.",
}
