"""The score of captions. The oracle goes word by word, in vectors, with math.fsum."""

import math

import numpy as np

from autograder.checks.case import Case
from autograder.checks.compare import LOOSE, RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("caption_nll",)
EQUATION = "caption-nll"
PAGE = "ch08_conditional/condition"
DEMANDS = ("sizes of 1", "large numbers")
CONTRACT = Contract(takes={"h0": "B H", "captions": "T B"}, returns={"nll": "B: in nats"})


def weights(rng, K, D, H):
    shapes = {"Y": (K + 1, D), "V": (H, D), "W": (H, H), "b": (H,), "U": (K, H), "c": (K,)}
    return {name: 0.8 * rng.normal(size=shape) for name, shape in shapes.items()}


def scored(h0, captions, mask, Q):
    out = []
    for b in range(captions.shape[1]):
        h, read, losses = h0[b], Q["Y"][len(Q["Y"]) - 1], []
        for t in range(len(captions)):
            h = np.tanh(Q["W"] @ h + Q["V"] @ read + Q["b"])
            y = [float(v) for v in Q["U"] @ h + Q["c"]]
            if mask[t, b]:
                losses.append(max(y) + math.log(math.fsum(math.exp(v - max(y)) for v in y)) - y[captions[t, b]])
            read = Q["Y"][captions[t, b]]
        out.append(math.fsum(losses))
    return np.array(out)


def draw(rng, lengths, K, D, H, T=None):
    mask = np.arange(T or max(lengths))[:, None] < np.array(lengths)
    return rng.normal(size=(len(lengths), H)), rng.integers(K, size=mask.shape), mask, weights(rng, K, D, H)


def one(name, args, rtol=RTOL):
    return Case(name, lambda f: {"nll": f.caption_nll(*args)}, {"nll": scored(*args)}, rtol=rtol)


def cases(rng):
    for lengths, K, D, H in [
        ((3, 5, 2), 4, 3, 6),
        ((2, 4), 5, 4, 3),
        ((4, 1, 3, 4), 3, 2, 5),
        ((1, 1), 2, 1, 1),
        ((3,), 6, 2, 4),
    ]:
        yield one(f"lengths {lengths}, {K} words, D={D}, H={H}", draw(rng, lengths, K, D, H))
    h0, captions, mask, Q = draw(rng, (3, 5, 2), 4, 3, 6, T=7)
    yield one("more padding", (h0, captions, mask, Q))
    yield one("the same captions with other pictures", (h0[::-1].copy(), captions, mask, Q))
    yield one("large logits", (h0, captions, mask, {**Q, "c": Q["c"] + 2000}), LOOSE)
    yield one("logits far apart", (h0, captions, mask, {**Q, "U": 5000 * Q["U"]}), LOOSE)
    yield one("every place a real word", (h0, captions, np.ones_like(mask), Q))


EXPLAINED = {
    r"`h0` became `(columns|h)` in `read, total": "All of them have one entry or row for each caption.",
}
