"""The score of targets. The oracle goes symbol by symbol, in vectors, with math.fsum."""

import math

import numpy as np

from autograder.cases.encode.cases import weights
from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("seq2seq_nll",)
EQUATION = "seq2seq-nll"
PAGE = "ch10_translation/encoder"
DEMANDS = ("sizes of 1", "large numbers")
CONTRACT = Contract(
    takes={"h": "B H", "tgt": "T B"},
    returns={"total": ": in nats", "count": "whole: the number of symbols that it is made of"},
)


def score(h, tgt, mask, P):
    losses = []
    for b in range(tgt.shape[1]):
        state, read = h[b], P["Y"][len(P["Y"]) - 1]
        for t in range(len(tgt)):
            state = np.tanh(P["W_d"] @ state + P["V_d"] @ read + P["b_d"])
            y = [float(v) for v in P["U"] @ state + P["c"]]
            if mask[t, b]:
                losses.append(max(y) + math.log(math.fsum(math.exp(v - max(y)) for v in y)) - y[tgt[t, b]])
            read = P["Y"][tgt[t, b]]
    return {"total": math.fsum(losses), "count": len(losses)}


def draw(rng, lengths, Kt, D, H, T=None):
    T = T or max(lengths)
    mask = np.arange(T)[:, None] < np.array(lengths)
    return rng.normal(size=(len(lengths), H)), rng.integers(Kt, size=mask.shape), mask, weights(rng, 4, Kt, D, H)


def one(name, args):
    return Case(name, lambda f: dict(zip(("total", "count"), f.seq2seq_nll(*args))), score(*args))


def cases(rng):
    for lengths, Kt, D, H in [
        ((3, 5, 2), 4, 3, 6),
        ((2, 4), 5, 4, 3),
        ((4, 1, 3, 4), 3, 2, 5),
        ((1, 1), 2, 1, 1),
        ((3,), 6, 2, 4),
    ]:
        yield one(f"lengths {lengths}, {Kt} symbols, D={D}, H={H}", draw(rng, lengths, Kt, D, H))
    h, tgt, mask, P = draw(rng, (3, 5, 2), 4, 3, 6, T=7)
    yield one("more padding", (h, tgt, mask, P))
    yield one("logits far apart", (h, tgt, mask, {**P, "U": 300 * P["U"]}))
    yield one("large logits", (h, tgt, mask, {**P, "c": P["c"] + 2000}))
    yield one("every place a real symbol", (h, tgt, np.ones_like(mask), P))


EXPLAINED = {
    r"`tgt\[:-1\]` became `tgt` in `read": "The last target is then read, too, but zip stops before it.",
    r"`tgt` became `mask` in `read = .*\(number 1 of 2\)": "Targets and mask have the same number of columns.",
    r"`tgt` became `mask` in `total, columns": "Targets and mask have the same number of columns.",
    r"`tgt` became `read` in `total, columns": "What is read has as many columns as the targets have.",
}
