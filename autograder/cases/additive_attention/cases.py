"""Additive attention for one query. The oracle is rnncore's, which takes queries and keys already multiplied."""

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.compare import LOOSE, RTOL
from autograder.checks.contract import Contract
from rnncore.layers.attention import additive_attention

FUNCTIONS = ("additive_attention",)
EQUATION = "attention-additive"
PAGE = "ch10_translation/attention"
DEMANDS = ("float32", "sizes of 1", "views", "large numbers")
CONTRACT = Contract(
    takes={"q": "B H", "K": "T B D", "Vv": "T B M"},
    returns={"ctx": "B M: the context of each sequence", "w": "T B: the weights"},
)


def draw(rng, T, B, H, D, A, M):
    """q, K, Vv, mask, P; the mask leaves every sequence at least one key, and takes one from most."""
    P = {"W_q": rng.normal(size=(A, H)), "W_k": rng.normal(size=(A, D)), "v": rng.normal(size=A)}
    mask = rng.random((T, B)) < 0.6
    mask[rng.integers(T, size=B), np.arange(B)] = True
    return rng.normal(size=(B, H)), rng.normal(size=(T, B, D)), rng.normal(size=(T, B, M)), mask, P


def one(name, args, rtol=RTOL):
    q, K, Vv, mask, P = args
    context, weights, _ = additive_attention(q[None] @ P["W_q"].T, K @ P["W_k"].T, Vv, mask, P["v"])

    def run(f):
        ctx, w = f.additive_attention(*args)
        return {"w": w, "ctx": ctx}

    return Case(name, run, {"w": weights[:, 0].T, "ctx": context[0]}, rtol=rtol)


def cases(rng):
    yield one("all sizes different", draw(rng, 5, 3, 4, 6, 7, 2))
    yield one("as many sequences as keys", draw(rng, 4, 4, 3, 2, 5, 6))
    yield one("one key", draw(rng, 1, 2, 3, 4, 5, 6))
    yield one("all sizes 1", draw(rng, 1, 1, 1, 1, 1, 1))
    q, K, Vv, mask, P = args = draw(rng, 6, 3, 4, 2, 5, 7)
    yield one("every key valid", (q, K, Vv, np.ones_like(mask), P))
    order = rng.permutation(6)
    yield one("keys, values and mask in another order", (q, K[order], Vv[order], mask[order], P))
    none, junk = mask.copy(), np.where(mask[..., None], Vv, 1e6)
    none[:, 1] = False
    yield one("a sequence without a valid key", (q, K, Vv, none, P))
    yield one("no valid key at all", (q, K, Vv, np.zeros_like(mask), P))
    yield one("large values on the masked keys", (q, K, junk, mask, P))
    yield one("scores in the thousands", (q, K, Vv, np.ones_like(mask), {**P, "v": 1000 * P["v"]}), LOOSE)
    yield far_apart(rng, "masked keys")
    yield far_apart(rng, "other sequences")
    yield one("float32 arguments", tuple(a.astype(np.float32) if a.dtype == np.float64 else a for a in args[:4])
              + ({k: a.astype(np.float32) for k, a in P.items()},), 1e-4)  # fmt: skip
    for name, other in layouts(K):
        yield one(name, (q, other, Vv, mask, P))


def far_apart(rng, where):
    """Scores near -2000 and near 2000: the high ones on masked keys of the first sequence, or in the next sequences."""
    q, K, Vv, mask, P = draw(rng, 4, 3, 3, 2, 2, 5)
    mask = np.ones_like(mask)
    K[..., 0] = -3
    if where == "masked keys":
        mask[:2, 0], K[:2, 0, 0] = False, 3
    else:
        K[:, 1:, 0] = 3
    P = {"W_q": 0 * P["W_q"], "W_k": np.eye(2), "v": np.array([2000.0, 1.0])}
    return one(f"scores of {where} thousands above those of a sequence", (q, K, Vv, mask, P), LOOSE)


EXPLAINED = {
    r"^`0` became `-?1` in `largest = .*\(number 3 of 3\)": "Without a valid key "
    "any finite number may be subtracted from minus infinity.",
    r"^`np\.maximum\(w\.sum\(axis=0\), 1\)` became `np\.maximum\(1": "The larger of two "
    "numbers does not depend on their order.",
}
