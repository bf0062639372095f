"""The last valid state. The oracle walks through each sequence to its end."""

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("last_valid",)
EQUATION = "last-valid"
PAGE = "ch06_classification/pooling"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(takes={"hs": "T B H", "lengths": "B"}, returns={"last": "B H"})
SIZES = (
    (6, (2, 6, 4), 3),
    (5, (5, 1), 4),
    (4, (3, 4, 2, 3, 1), 2),
    (3, (2,), 1),
    (1, (1, 1), 2),
    (7, (3, 5), 2),
    (1, (1,), 1),
)


def walked(hs, lengths):
    out = []
    for b, n in enumerate(lengths):
        h = None
        for t in range(n):
            h = hs[t, b]
        out.append(h)
    return np.array(out)


def draw(rng, T, lengths, H):
    """States, rubbish at padding, and the lengths as an array."""
    hs = rng.normal(size=(T, len(lengths), H))
    hs[np.arange(T)[:, None] >= np.array(lengths)] += 50
    return hs, np.array(lengths)


def one(name, hs, lengths, rtol=RTOL):
    return Case(name, lambda f: {"last": f.last_valid(hs, lengths)}, {"last": walked(hs, lengths)}, rtol=rtol)


def cases(rng):
    for T, lengths, H in SIZES:
        yield one(f"T={T}, lengths {lengths}, H={H}", *draw(rng, T, lengths, H))
    hs, lengths = draw(rng, *SIZES[0])
    longer = np.concatenate([hs, rng.normal(size=(4, 3, 3))])
    yield one("more padding", longer, lengths)
    yield one("float32 states", hs.astype(np.float32), lengths, 1e-4)
    for name, other in layouts(hs):
        yield one(name, other, lengths)
