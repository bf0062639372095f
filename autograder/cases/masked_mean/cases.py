"""The mean over valid steps. The oracle is math.fsum over each sequence by itself."""

import math

import numpy as np

from autograder.cases.last_valid_backward.cases import SIZES, draw
from autograder.checks.case import Case, layouts
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("masked_mean",)
EQUATION = "pool-mean"
PAGE = "ch06_classification/pooling"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(takes={"hs": "T B H", "lengths": "B"}, returns={"mean": "B H"})


def means(hs, lengths):
    hs = np.asarray(hs, float)
    return np.array([[math.fsum(hs[:n, b, k]) / n for k in range(hs.shape[2])] for b, n in enumerate(lengths)])


def one(name, hs, lengths, rtol=RTOL):
    return Case(name, lambda f: {"mean": f.masked_mean(hs, lengths)}, {"mean": means(hs, lengths)}, rtol=rtol)


def cases(rng):
    for T, lengths, H in SIZES:
        yield one(f"T={T}, lengths {lengths}, H={H}", *draw(rng, T, lengths, H))
    hs, lengths = draw(rng, *SIZES[0])
    yield one("more padding", np.concatenate([hs, rng.normal(size=(4, 3, 3))]), lengths)
    spoilt = hs.copy()
    spoilt[2:, 0], spoilt[4:, 2] = np.inf, np.nan
    yield one("infinity and NaN in the padding", spoilt, lengths)
    for name, other in layouts(hs):
        yield one(name, other, lengths)
