"""The recurrent matrix of a gated cell: shapes, exact properties of each block, and that blocks and seeds differ.

The mean of the first entries of 120 even 2 by 2 blocks has the standard deviation 0.065, and is bounded by six of these;
with the signs that QR chooses it is -0.64.
"""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import SIZE, Contract

FUNCTIONS = ("gated_orthogonal",)
EQUATION = "gated-orthogonal"
PAGE = "ch03_gradients/initialisation"
DEMANDS = ("sizes of 1",)
CONTRACT = Contract(
    takes={"H": SIZE, "n_gates": SIZE}, returns={"W": "n_gates*H H: the blocks of the gates, one under the other"}
)


def blocks(H, G):
    def judge(outputs):
        W = np.asarray(outputs["W"], float)
        if W.shape != (G * H, H):
            return f"W has shape {W.shape}, expected {(G * H, H)}"
        parts = np.split(W, G)
        for k, part in enumerate(parts, 1):
            if not np.allclose(part.T @ part, np.eye(H), atol=1e-6):
                return f"the block of gate {k} is not orthogonal by itself"
        if H > 1 and any(np.allclose(parts[0], part) for part in parts[1:]):
            return "two gates have the same block: draw each anew"
        return None

    return judge


def cases(rng):
    draws = lambda: np.random.default_rng(rng.integers(2**32))  # noqa: E731
    for H, G in [(5, 4), (4, 3), (6, 2), (3, 1), (1, 4), (7, 3)]:
        yield Case(f"{G} gates of {H} units", lambda f, a=(H, G, draws()): {"W": f.gated_orthogonal(*a)},
                   judge=blocks(H, G))  # fmt: skip
    seeds = [int(k) for k in rng.integers(2**32, size=60)]

    def even(outputs):
        mean = float(np.mean(outputs["first entries"]))
        return (
            None
            if abs(mean) < 0.40
            else "the first entries lean to one side over many draws: mend the signs that QR chose"
        )

    def first_entries(f):
        found = [np.asarray(f.gated_orthogonal(2, 2, np.random.default_rng(k))) for k in seeds]
        return {"first entries": np.array([W[[0, 2], 0] for W in found])}

    yield Case("many draws", first_entries, judge=even)
    yield Case("two seeds", lambda f: {"difference": np.abs(np.asarray(f.gated_orthogonal(3, 2, np.random.default_rng(
        seeds[0]))) - f.gated_orthogonal(3, 2, np.random.default_rng(seeds[1]))).max()},
        judge=lambda o: None if o["difference"] > 1e-6 else "two seeds give the same matrix: the numbers do not come from rng")  # fmt: skip


EXPLAINED = {
    r"became `Q / np\.sign": "A sign is 1 or -1: to divide by it and to multiply by it are the same.",
}
