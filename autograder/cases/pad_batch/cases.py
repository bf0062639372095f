"""A padded batch. The oracle places every symbol by itself."""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("pad_batch",)
EQUATION = "last-valid"
PAGE = "ch06_classification/pooling"
DEMANDS = ("sizes of 1",)
CONTRACT = Contract(takes={"seqs": "B T"}, returns={"ids": "whole T B", "lengths": "whole B"})
NAMES = ("ids", "lengths")


def padded(seqs, pad):
    T = max(map(len, seqs))
    ids = [[int(seq[t]) if t < len(seq) else pad for seq in seqs] for t in range(T)]
    return {"ids": np.array(ids), "lengths": np.array([len(seq) for seq in seqs])}


def one(name, seqs, pad):
    return Case(name, lambda f: dict(zip(NAMES, f.pad_batch(list(seqs), pad))), padded(seqs, pad))


def draw(rng, lengths, K=9):
    return [rng.integers(1, K, size=n) for n in lengths]


def cases(rng):
    for lengths in [(3, 5, 1, 4), (2, 6), (4, 4, 4), (1, 2, 3, 4, 5)]:
        yield one(f"lengths {lengths}", draw(rng, lengths), 0)
    yield one("another padding", draw(rng, (2, 5, 3)), 7)
    yield one(
        "a padding that also stands in the sequences",
        [np.array([0, 2, 0]), np.array([1, 0]), np.array([3, 1, 2, 0])],
        0,
    )
    yield one("padding of -1", draw(rng, (3, 1, 6)), -1)
    yield one("one sequence", draw(rng, (4,)), 0)
    yield one("one symbol each", draw(rng, (1, 1, 1)), 0)
    yield one("random lengths", draw(rng, tuple(int(n) for n in rng.integers(1, 9, size=6))), 5)


EXPLAINED = {
    r"`seqs` became `lengths` in `ids = np\.full": "There are as many lengths as there are sequences.",
}
