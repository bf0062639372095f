"""The risk of lists of translations and its gradients. The oracle is the complex step, list by list."""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.compare import LOOSE, RTOL
from autograder.checks.contract import Contract
from rnncore.gradcheck import complex_step

FUNCTIONS = ("risk_backward",)
EQUATION = "minimum-risk"
PAGE = "ch10_translation/decoding"
DEMANDS = ("sizes of 1", "views", "large numbers")
CONTRACT = Contract(
    takes={"scores": "n B", "costs": "n B"},
    returns={
        "risk": "B: of each source",
        "dscores": "n B: the gradient of the sum of the risks",
        "dbeta": ": a number",
    },
)
SIZES = (((4, 2, 5), 1.0), ((3, 3), 0.4), ((6,), 2.0), ((1, 1), 1.5), ((2, 4, 3, 4), 0.7))
AXES = {"risk": "B", "dscores": "nB"}


def risk(scores, costs, beta):
    """The risk of one list; it takes complex numbers."""
    e = [np.exp(beta * (s - scores.real.max())) for s in scores]
    return sum(one * cost for one, cost in zip(e, costs)) / sum(e)


def expected(scores, costs, beta):
    n, B = scores.shape
    found = {"risk": np.zeros(B), "dscores": np.zeros((n, B)), "dbeta": 0.0}
    for b in range(B):
        real = np.isfinite(scores[:, b])
        s, c = scores[real, b], costs[real, b]
        found["risk"][b] = risk(s, c, beta).real
        found["dscores"][real, b] = complex_step(lambda s, c=c: risk(s, c, beta), s)
        found["dbeta"] += complex_step(lambda beta, s=s, c=c: risk(s, c, beta[0]), np.array([beta]))[0]
    return found


def draw(rng, lengths, shift=0.0):
    n, B = max(lengths), len(lengths)
    scores, costs = -rng.uniform(0.5, 3, size=(n, B)) + shift, rng.uniform(0.1, 1, size=(n, B))
    return np.where(np.arange(n)[:, None] < np.array(lengths), scores, -np.inf), costs


def one(name, scores, costs, beta, rtol=RTOL):
    want = expected(scores, costs, beta)
    return Case(name, lambda f: dict(zip(want, f.risk_backward(scores, costs, beta))), want, AXES, rtol=rtol)


def cases(rng):
    for lengths, beta in SIZES:
        yield one(f"lists of {lengths}, beta={beta}", *draw(rng, lengths), beta)
    scores, costs = draw(rng, SIZES[0][0])
    yield one("a hole in a list", np.where(np.arange(5)[:, None] == 1, -np.inf, scores), costs, 1.3)
    yield one("the first place empty", np.where(np.arange(5)[:, None] == 0, -np.inf, scores), costs, 0.9)
    yield one("costs far from zero", scores, costs - 40, 1.0, LOOSE)
    yield one("scores about -4000", scores - 4000, costs, 1.0, LOOSE)
    yield one("scores about 3000", scores + 3000, costs, 0.8, LOOSE)
    far = scores - 3000 * np.array([0, 1, 0])
    yield one("one source of which all scores are far below the others", far, costs, 1.0, LOOSE)
    yield one("an argument in column-major (Fortran) order", np.asfortranarray(scores), costs, 1.0)


EXPLAINED = {
    r"^`0` became `-?1` in `return .*number 2 of 2": "What stands in an empty place is multiplied by its probability, which is zero.",
}
