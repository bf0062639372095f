"""Orthogonal blocks, drawn evenly. There is no one right value: exact properties, and statistics with wide bounds.

Over 100 draws the mean of an entry of an even orthogonal 3 by 3 matrix has the standard deviation 0.058; the
bound is six of these. With the signs that QR chooses, the mean of the first entry is -0.50. Determinants of 100 draws are all of one sign with a probability of 2^-99.
"""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import SIZE, Contract, Tuple

FUNCTIONS = ("orthogonal",)
EQUATION = "haar"
PAGE = "ch03_gradients/initialisation"
DEMANDS = ("sizes of 1",)
CONTRACT = Contract(
    takes={"shape": Tuple(("rows", "columns")), "rng": None, "gain": None, "n_gates": SIZE},
    returns={"W": "n_gates*rows columns: the blocks, one under the other"},
)
N = 100


def orthonormal(shape, gain, gates):
    def judge(outputs):
        parts = np.split(np.asarray(outputs["W"], float), gates)
        what = "columns" if shape[0] >= shape[1] else "rows"
        for k, W in enumerate(parts, 1):
            product = W.T @ W if what == "columns" else W @ W.T
            if not np.allclose(product, gain**2 * np.eye(min(shape)), atol=1e-6 * max(1, gain**2)):
                where = f"of gate {k} " if gates > 1 else ""
                return f"the {what} of the block {where}of shape {tuple(shape)} are not orthonormal times the gain"
        if max(shape) > 1 and any(np.allclose(np.abs(parts[0]), np.abs(part)) for part in parts[1:]):
            return "two gates have the same block: draw each anew"
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


def one(name, shape, rng, gain=1.0, gates=1):
    draws = np.random.default_rng(rng.integers(2**32))
    return Case(name, lambda f: {"W": f.orthogonal(shape, draws, gain, gates)}, judge=orthonormal(shape, gain, gates))


def cases(rng):
    for name, shape in [("square", (6, 6)), ("tall", (7, 3)), ("wide", (3, 8)), ("one column", (5, 1)),
                        ("one row", (1, 4)), ("one entry", (1, 1))]:  # fmt: skip
        yield one(name, shape, rng)
    for gain, shape in [(2.5, (4, 4)), (0.5, (5, 2)), (1.7, (2, 6))]:
        yield one(f"gain {gain}, shape {shape}", shape, rng, gain)
    for gates, shape, gain in [
        (4, (5, 5), 1.0),
        (3, (4, 4), 0.5),
        (2, (6, 6), 1.0),
        (3, (2, 5), 1.0),
        (4, (1, 1), 1.0),
    ]:
        yield one(f"{gates} gates, each of shape {shape}", shape, rng, gain, gates)
    seeds = [int(k) for k in rng.integers(2**32, size=N)]
    # Two gates at a time, of which the second is looked at for every other seed.
    yield Case("many draws", lambda f: {"many draws": np.stack([
        f.orthogonal((3, 3), np.random.default_rng(k), 1.0, 2)[slice(3) if k % 2 else slice(3, 6)] for k in seeds])},
        judge=spread)  # fmt: skip
    yield Case("two seeds", lambda f: {"difference": np.abs(
        f.orthogonal((3, 3), np.random.default_rng(seeds[0]), 1.0, 1)
        - f.orthogonal((3, 3), np.random.default_rng(seeds[1]), 1.0, 1)).max()},
        judge=lambda o: None if o["difference"] > 1e-6 else "two seeds give the same matrix: the numbers do not come from rng")  # fmt: skip
    yield Case("without gain and n_gates", lambda f: {"W": f.orthogonal((4, 4), np.random.default_rng(seeds[2]))},
               judge=orthonormal((4, 4), 1.0, 1))  # fmt: skip


EXPLAINED = {
    r"became `Q / np\.sign": "A sign is 1 or -1: to divide by it and to multiply by it are the same.",
    r"`rows >= columns` became `rows > columns`": "For a square matrix the transpose is drawn as evenly as the matrix.",
    r"`(max|min)\(rows, columns\)` became": "The larger and the smaller of two numbers do not depend on their order.",
    r"`R` became `A` in": "Negating a column of A flips the sign there and leaves Q as it is: these signs are fair coins, and the "
    "law is as even.",
}
