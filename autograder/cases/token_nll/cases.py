"""The score of a batch. The oracle goes token by token, with math.fsum and scaled exponentials."""

import math

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.contract import Contract

FUNCTIONS = ("token_nll",)
EQUATION = "token-nll"
PAGE = "ch07_language/probability"
DEMANDS = ("float32", "sizes of 1", "views", "large numbers")
CONTRACT = Contract(takes={"logits": "T B K", "targets": "T B"}, returns={"total": ": in nats", "count": "whole"})


def score(logits, targets, mask):
    losses = []
    for t, b in np.argwhere(mask):
        y = [float(v) for v in logits[t, b]]
        top = max(y)
        losses.append(top + math.log(math.fsum(math.exp(v - top) for v in y)) - y[targets[t, b]])
    return {"total": math.fsum(losses), "count": len(losses)}


def draw(rng, T, B, K, scale=2.0):
    """Logits, targets, and the mask of strings of other lengths; rubbish where the mask is false."""
    lengths = rng.integers(1, T + 1, size=B)
    lengths[0] = T
    mask = np.arange(T)[:, None] < lengths
    return scale * rng.normal(size=(T, B, K)), rng.integers(K, size=(T, B)), mask


def one(name, args, rtol=1e-7):
    return Case(name, lambda f: dict(zip(("total", "count"), f.token_nll(*args))), score(*args), rtol=rtol)


def cases(rng):
    for T, B, K in [(5, 3, 4), (7, 2, 6), (4, 6, 3), (3, 1, 5), (1, 4, 2), (1, 1, 2)]:
        yield one(f"T={T}, B={B}, K={K}", draw(rng, T, B, K))
    logits, targets, mask = draw(rng, 5, 3, 4)
    yield one("logits + 1000, which are the same distribution", (logits + 1000, targets, mask))
    yield one("logits - 1000", (logits - 1000, targets, mask))
    yield one("logits far apart", (200 * logits, targets, mask))
    yield one("padding of huge numbers", (np.where(mask[:, :, None], logits, 500.0 * np.arange(4)), targets, mask))
    yield one("a mask with holes", (logits, targets, rng.random(mask.shape) < 0.5))
    yield one("no token at all", (logits, targets, np.zeros_like(mask)))
    yield one("every token", (logits, targets, np.ones_like(mask)))
    yield one("float32 logits", (logits.astype(np.float32), targets, mask), rtol=1e-4)
    for name, other in layouts(logits):
        yield one(name, (other, targets, mask))


EXPLAINED = {
    r"take_along_axis\(logp, targets\[:, :, None\], axis=-1\)` became": "The last axis is the default of take_along_axis.",
    r"\[:, :, 0\]` became `np\.take_along_axis|`0` became `-1` in `chosen": "The axis has one entry, and the mask picks the same "
    "numbers with it and without.",
}
