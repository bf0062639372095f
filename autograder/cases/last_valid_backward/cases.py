"""The gradient of the last valid state. The oracle places every row by itself."""

import numpy as np

from autograder.cases.last_valid.cases import SIZES
from autograder.checks.case import Case, layouts
from autograder.checks.compare import RTOL
from autograder.checks.contract import SIZE, Contract

FUNCTIONS = ("last_valid_backward",)
EQUATION = "last-valid"
PAGE = "ch06_classification/pooling"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(
    takes={"dout": "B H", "lengths": "B", "T": SIZE}, returns={"dhs": "T B H: the gradient of all states"}
)


def placed(dout, lengths, T):
    return np.array([[row if t == n - 1 else 0 * row for row, n in zip(dout, lengths)] for t in range(T)])


def one(name, dout, lengths, T, rtol=RTOL):
    run = lambda f: {"dhs": f.last_valid_backward(dout, lengths, T)}  # noqa: E731
    return Case(name, run, {"dhs": placed(dout, lengths, T)}, rtol=rtol)


def cases(rng):
    for T, lengths, H in SIZES:
        yield one(f"T={T}, lengths {lengths}, H={H}", rng.normal(size=(len(lengths), H)), np.array(lengths), T)
    dout, lengths = rng.normal(size=(3, 4)), np.array([2, 5, 3])
    yield one("more padding", dout, lengths, 9)
    yield one("a gradient of zero for one sequence", dout * np.array([[1.0], [0.0], [1.0]]), lengths, 5)
    for name, other in layouts(dout):
        yield one(name, other, lengths, 6)
