"""The last valid state, and its gradient. The oracle walks through each sequence to its end, and places each row by itself."""

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.compare import RTOL
from autograder.checks.contract import SIZE, Contract

FUNCTIONS = ("last_valid", "last_valid_backward")
EQUATION = "last-valid"
PAGE = "ch06_classification/pooling"
DEMANDS = ("sizes of 1", "views")
PARTS = {"the state": 0.5, "the gradient": 0.5}
CONTRACT = Contract(
    takes={"dlast": "B H", "lengths": "B", "T": SIZE}, returns={"dhs": "T B H: the gradient of all states"}
)
GIVEN = {"last_valid": Contract(takes={"hs": "T B H", "lengths": "B"}, returns={"last": "B H"})}
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


def placed(dlast, lengths, T):
    return np.array([[row if t == n - 1 else 0 * row for row, n in zip(dlast, lengths)] for t in range(T)])


def draw(rng, T, lengths, H):
    """States, rubbish at padding, and the lengths as an array."""
    hs = rng.normal(size=(T, len(lengths), H))
    hs[np.arange(T)[:, None] >= np.array(lengths)] += 50
    return hs, np.array(lengths)


def there(name, hs, lengths, rtol=RTOL):
    run = lambda f: {"last": f.last_valid(hs, lengths)}  # noqa: E731
    return Case(f"the state, {name}", run, {"last": walked(hs, lengths)}, rtol=rtol, part="the state")


def back(name, dlast, lengths, T):
    run = lambda f: {"dhs": f.last_valid_backward(dlast, lengths, T)}  # noqa: E731
    return Case(f"the gradient, {name}", run, {"dhs": placed(dlast, lengths, T)}, part="the gradient")


def cases(rng):
    for T, lengths, H in SIZES:
        yield there(f"T={T}, lengths {lengths}, H={H}", *draw(rng, T, lengths, H))
    hs, lengths = draw(rng, *SIZES[0])
    yield there("more padding", np.concatenate([hs, rng.normal(size=(4, 3, 3))]), lengths)
    for T, lengths, H in SIZES:
        yield back(f"T={T}, lengths {lengths}, H={H}", rng.normal(size=(len(lengths), H)), np.array(lengths), T)
    dlast, lengths = rng.normal(size=(3, 4)), np.array([2, 5, 3])
    yield back("more padding", dlast, lengths, 9)
    yield back("zero for one sequence", dlast * np.array([[1.0], [0.0], [1.0]]), lengths, 5)
    for name, other in layouts(hs):
        yield there(name, other, np.array(SIZES[0][1]))
    for name, other in layouts(dlast):
        yield back(name, other, lengths, 6)
