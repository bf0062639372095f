"""Counting right tags. The oracle walks through the words."""

import numpy as np

from autograder.cases.masked_token_loss.cases import draw
from autograder.checks.case import Case, layouts
from autograder.checks.contract import Contract

FUNCTIONS = ("accuracy",)
EQUATION = "tag-loss"
PAGE = "ch09_tagging/tagger"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(takes={"scores": "T B K", "gold": "T B"}, returns={"right": "whole", "total": "whole"})
NAMES = ("right", "total")


def counted(scores, gold, mask):
    right = sum(int(all(scores[t, b, gold[t, b]] >= s for s in scores[t, b])) for t, b in np.argwhere(mask))
    return {"right": right, "total": len(np.argwhere(mask))}


def mostly(rng, T, B, K):
    """Scores whose best tag is the right one in about two of three places."""
    scores, gold, mask = draw(rng, T, B, K)
    scores[np.arange(T)[:, None], np.arange(B), gold] += np.where(rng.random((T, B)) < 0.6, 6.0, 0.0)
    return scores, gold, mask


def one(name, args):
    return Case(name, lambda f: dict(zip(NAMES, f.accuracy(*args))), counted(*args))


def cases(rng):
    for T, B, K in [(6, 4, 5), (9, 3, 4), (5, 7, 3), (12, 5, 6)]:
        yield one(f"T={T}, B={B}, K={K}", mostly(rng, T, B, K))
    scores, gold, mask = mostly(rng, 8, 5, 4)
    yield one("every place real", (scores, gold, np.ones_like(mask)))
    yield one("a mask with holes", (scores, gold, rng.random(mask.shape) < 0.5))
    yield one("no real word at all", (scores, gold, np.zeros_like(mask)))
    yield one("all right", (scores + 50 * np.eye(4)[gold], gold, mask))
    yield one("all wrong", (scores - 50 * np.eye(4)[gold], gold, mask))
    yield one("padding that looks right", (scores + 50 * np.eye(4)[gold] * ~mask[:, :, None], gold, mask))
    yield one("one word", (rng.normal(size=(1, 1, 3)), np.array([[1]]), np.array([[True]])))
    for name, other in layouts(scores):
        yield one(name, (other, gold, mask))


EXPLAINED = {
    r"became `gold == scores\.argmax\(axis=-1\)`": "Equality does not care which of the two stands first.",
}
