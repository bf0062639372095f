"""The loss of a tagger, and its gradient. The oracle is torch's cross-entropy and autograd."""

import numpy as np
import torch

from autograder.checks.case import Case, layouts
from autograder.checks.compare import LOOSE, RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("masked_token_loss",)
EQUATION = "tag-loss"
PAGE = "ch09_tagging/tagger"
DEMANDS = ("sizes of 1", "views", "large numbers")
CONTRACT = Contract(
    takes={"scores": "T B K", "tags": "T B"},
    returns={
        "total": ": in nats",
        "count": "whole",
        "dscores": "T B K: the gradient on the scores",
    },
)
NAMES = ("total", "count", "dscores")


def by_torch(scores, tags, mask):
    s = torch.from_numpy(np.array(scores, float)).requires_grad_()
    y, m = torch.from_numpy(np.array(tags)), torch.from_numpy(np.array(mask))
    total = torch.nn.functional.cross_entropy(s[m], y[m], reduction="sum") if m.any() else 0 * s.sum()
    total.backward()
    return {"total": float(total.detach()), "count": int(m.sum()), "dscores": s.grad.numpy()}


def draw(rng, T, B, K):
    lengths = rng.integers(1, T + 1, size=B)
    lengths[0] = T
    return 2 * rng.normal(size=(T, B, K)), rng.integers(K, size=(T, B)), np.arange(T)[:, None] < lengths


def one(name, args, rtol=RTOL):
    return Case(name, lambda f: dict(zip(NAMES, f.masked_token_loss(*args))), by_torch(*args), rtol=rtol)


def cases(rng):
    for T, B, K in [(5, 3, 4), (7, 2, 6), (4, 6, 3), (3, 1, 5), (1, 4, 2), (1, 1, 2)]:
        yield one(f"T={T}, B={B}, K={K}", draw(rng, T, B, K))
    scores, tags, mask = draw(rng, 5, 3, 4)
    yield one("scores + 1000, which are the same probabilities", (scores + 1000, tags, mask), LOOSE)
    yield one("scores far apart", (5000 * scores, tags, mask), LOOSE)
    yield one("a mask with holes", (scores, tags, rng.random(mask.shape) < 0.6))
    yield one("no real word at all", (scores, tags, np.zeros_like(mask)))
    yield one("every word real", (scores, tags, np.ones_like(mask)))
    for name, other in layouts(scores):
        yield one(name, (other, tags, mask))


EXPLAINED = {
    r"`mask` became `hot` in `return": "The one-hot vectors hold a single one for each real word, so their sum is the count.",
    r"`scores` became `(logp|shifted)` in `hot": "All of them have the number of tags as their last axis.",
}
