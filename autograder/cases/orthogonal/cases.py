"""An orthogonal matrix, drawn evenly. There is no one right value: exact properties, and statistics with wide bounds.

Over 100 draws the mean of an entry of an even orthogonal 3 by 3 matrix has the standard deviation 0.058; the
bound is six of these. With the signs that QR chooses, the mean of the first entry is -0.50. Determinants of 100 draws are all of one sign with a probability of 2^-99.
"""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract, Tuple

FUNCTIONS = ("orthogonal",)
EQUATION = "haar"
PAGE = "ch03_gradients/initialisation"
DEMANDS = ("sizes of 1",)
CONTRACT = Contract(takes={"shape": Tuple(("rows", "columns"))}, returns={"W": "rows columns"})
N = 100


def orthonormal(shape, gain):
    def judge(outputs):
        W = np.asarray(outputs["W"], float)
        if W.shape != tuple(shape):
            return f"W has shape {W.shape}, expected {tuple(shape)}"
        rows, columns = shape
        what, product = ("columns", W.T @ W) if rows >= columns else ("rows", W @ W.T)
        if not np.allclose(product, gain**2 * np.eye(min(shape)), atol=1e-6 * max(1, gain**2)):
            return f"the {what} of a matrix of shape {tuple(shape)} are not orthonormal times the gain"
        return None

    return judge


def spread(outputs):
    many = np.asarray(outputs["many draws"], float)
    signs = np.linalg.det(many) > 0
    if signs.all() or not signs.any():
        return "all determinants have one sign: half of the orthogonal matrices are never drawn"
    means = np.abs(many.mean(axis=0))
    if means.max() > 0.36:
        return "the mean of an entry over many draws is far from zero: not every matrix is as likely as any other"
    return None


def cases(rng):
    draws = lambda: np.random.default_rng(rng.integers(2**32))  # noqa: E731
    for name, shape in [("square", (6, 6)), ("tall", (7, 3)), ("wide", (3, 8)), ("one column", (5, 1)),
                        ("one row", (1, 4)), ("one entry", (1, 1))]:  # fmt: skip
        yield Case(name, lambda f, a=(shape, draws()): {"W": f.orthogonal(*a)}, judge=orthonormal(shape, 1.0))
    for gain, shape in [(2.5, (4, 4)), (0.5, (5, 2)), (1.7, (2, 6))]:
        yield Case(f"gain {gain}, shape {shape}", lambda f, a=(shape, draws(), gain): {"W": f.orthogonal(*a)},
                   judge=orthonormal(shape, gain))  # fmt: skip
    seeds = [int(k) for k in rng.integers(2**32, size=N)]
    yield Case("many draws", lambda f: {"many draws": np.stack(
        [f.orthogonal((3, 3), np.random.default_rng(k)) for k in seeds])}, judge=spread)  # fmt: skip


EXPLAINED = {
    r"became `Q / np\.sign": "A sign is 1 or -1: to divide by it and to multiply by it are the same.",
    r"`rows >= columns` became `rows > columns`": "For a square matrix the transpose is drawn as evenly as the matrix.",
    r"`(max|min)\(rows, columns\)` became": "The larger and the smaller of two numbers do not depend on their order.",
    r"`R` became `A` in": "Negating a column of A flips the sign there and leaves Q as it is: these signs are fair coins, and the "
    "law is as even.",
}
