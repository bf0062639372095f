"""What a condition is worth. The oracle goes string by string, with math.fsum."""

import math

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.contract import Contract

FUNCTIONS = ("condition_gap",)
EQUATION = "condition-gap"
PAGE = "ch08_conditional/information"
DEMANDS = ("views", "large numbers")
CONTRACT = Contract(takes={"logp": "n n"}, returns={"gap": ": in bits per string", "saved": ": in bits per string"})
NAMES = ("gap", "saved")


def worth(logp):
    n, gaps, saved = len(logp), [], []
    for i in range(n):
        row = [float(v) for v in logp[i]]
        gaps.append(row[i] - math.fsum(row[:i] + row[i + 1 :]) / (n - 1))
        top = max(row)
        saved.append(row[i] - top - math.log(math.fsum(math.exp(v - top) for v in row) / n))
    return {"gap": math.fsum(gaps) / n / math.log(2), "saved": math.fsum(saved) / n / math.log(2)}


def one(name, logp):
    return Case(name, lambda f: dict(zip(NAMES, f.condition_gap(logp))), worth(logp))


def cases(rng):
    for n in (5, 8, 3):
        yield one(f"{n} strings", rng.normal(size=(n, n)) - 6 + 2 * np.eye(n))
    yield one("two strings", np.array([[-1.0, -4.0], [-2.5, -0.5]]))
    yield one("conditions that say nothing", np.repeat(-5 - rng.random((6, 1)), 6, axis=1))
    yield one("conditions that say everything", -200 * (1 - np.eye(5)) - rng.random((5, 5)))
    yield one("long strings, of tiny probability", -900 - 30 * rng.random((6, 6)))
    logp = 3 * rng.normal(size=(6, 6)) - 10
    for name, other in layouts(logp):
        yield one(name, other)


EXPLAINED = {
    r"`1` became `0` in `top = logp\.max": "What is taken out before the exponential is put back after it: any number near does.",
    r"`1` became `0` in `others = \(logp\.sum": "The mean of the sums of the rows is that of the sums of the columns.",
}
