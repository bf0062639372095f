"""A checker, checked: right gradients must come out small, wrong ones large.

The functions are smooth, and no entry of their gradients is small, so that any fair measure of the error will do.
"""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("gradcheck",)
EQUATION = "finite-difference"
PAGE = "ch02_bptt/checking"
PLAIN_TOO = ("large numbers",)
CONTRACT = Contract(
    takes={"f": None}, returns={"error": ": the largest error, relative to the largest entry of the numerical gradient"}
)
SMALL, LARGE, EPS = 1e-6, 1e-3, 1e-5


def cubic(x):
    """Each output depends on its own input and on its neighbour."""
    return x**3 + 2 * x + 0.5 * np.roll(x, 1)


def cubic_backward(x, dout):
    return dout * (3 * x**2 + 2) + 0.5 * np.roll(dout, -1)


WRONG = {
    "a gradient without the neighbour's part": lambda x, dout: dout * (3 * x**2 + 2),
    "a gradient of the wrong sign": lambda x, dout: -cubic_backward(x, dout),
    "a gradient twice too large": lambda x, dout: 2 * cubic_backward(x, dout),
    "a gradient with two entries swapped": lambda x, dout: cubic_backward(x, dout).ravel()[
        [1, 0, *range(2, x.size)]].reshape(x.shape),
    "a gradient that ignores dout": lambda x, dout: cubic_backward(x, np.ones_like(dout)),
    "a gradient wrong in its last entry only": lambda x, dout: cubic_backward(x, dout) * np.where(
        np.arange(x.size).reshape(x.shape) == x.size - 1, 1.2, 1.0),
    "a gradient taken at another point": lambda x, dout: cubic_backward(x + 0.5, dout),
    "a gradient of zero": lambda x, dout: np.zeros_like(x),
}  # fmt: skip


def number(outputs):
    value = np.asarray(outputs["error"])
    if value.dtype.kind not in "fiu" or value.size != 1:
        return None, f"the result is not one number but {'an array of shape ' + str(value.shape)}"
    return float(value.reshape(())), None


def must_be_small(outputs):
    error, problem = number(outputs)
    return problem or (None if 0 <= error < SMALL else
                       f"a right gradient came out with an error that is not below {SMALL:g}")  # fmt: skip


def must_be_large(outputs):
    error, problem = number(outputs)
    return problem or (
        None if error > LARGE else f"a wrong gradient came out with an error that is not above {LARGE:g}"
    )


def one(name, f, backward, x, dout, judge):
    return Case(name, lambda s: {"error": s.gradcheck(f, backward, x, dout, EPS)}, judge=judge)


def cases(rng):
    x, dout = rng.uniform(0.5, 1.5, (2, 3)), rng.uniform(0.5, 1.5, (2, 3))
    yield one("a right gradient", cubic, cubic_backward, x, dout, must_be_small)
    yield one("a right gradient of a vector", cubic, cubic_backward, x[0], dout[0], must_be_small)
    yield one("a right gradient of one number", cubic, cubic_backward, x[:1, 0], dout[:1, 0], must_be_small)
    A = rng.uniform(0.5, 1.5, (3, 4))
    yield one("a right gradient of a function that changes the shape", lambda x: x @ A, lambda x, dout: dout @ A.T,
              x, rng.uniform(0.5, 1.5, (2, 4)), must_be_small)  # fmt: skip
    yield one("a function that does not depend on x", lambda x: np.ones(2), lambda x, dout: np.zeros_like(x),
              x, dout[0, :2], must_be_small)  # fmt: skip
    steep = rng.uniform(80, 120, (2, 3))
    yield one("a right gradient of a steep function", cubic, cubic_backward, steep, dout, must_be_small)
    yield one("a right gradient, a million times as large", cubic, cubic_backward, x, 1e6 * dout, must_be_small)
    yield one("a right gradient, negative and a million times as small", cubic, cubic_backward, x, -1e-6 * dout,
              must_be_small)  # fmt: skip
    yield one("a wrong gradient, negative and a million times as small", cubic, WRONG["a gradient twice too large"], x,
              -1e-6 * dout, must_be_large)  # fmt: skip
    yield one("a gradient claimed for a function that does not depend on x", lambda x: np.ones(2),
              lambda x, dout: np.ones_like(x), x, dout[0, :2], must_be_large)  # fmt: skip
    for name, backward in WRONG.items():
        yield one(name, cubic, backward, x, dout, must_be_large)


EXPLAINED = {
    r"^`x` became `numeric` in `(for index in|step = )": "Both have the same shape and dtype.",
    r"^`scale` became `error` in `return error / scale .*number 2": "Only a claim against a gradient of zero differs: "
    "it comes out as infinity, which flags it as well.",
    r"^`backward\(x, dout\) - numeric` became ": "The absolute value of a difference does not know its order.",
}
