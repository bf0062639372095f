"""Logits from the symbols before. The oracle reads one string at a time, gate by gate, and never sees what comes."""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("gru_logits", "lm_logits")
EQUATION = "lm-chain-rule"
PAGE = "ch07_language/probability"
DEMANDS = ("float32", "sizes of 1")
CONTRACT = Contract(
    takes={"ids": "T B", "P": {"E": "K 3H"}},
    returns={"logits": "T B K: row t is for ids[t] and depends on ids[:t] alone"},
)


def draw(rng, K, H):
    shapes = {"E": (K, 3 * H), "W": (3 * H, H), "b": (3 * H,), "U": (K, H), "c": (K,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def one_string(symbols, P):
    """A list of logits (K,), each read out before its symbol is."""
    H = P["W"].shape[1]
    h, out = np.zeros(H), []
    for symbol in symbols:
        out.append(P["U"] @ h + P["c"])
        a, u = P["E"][symbol] + P["b"], P["W"] @ h
        r, z = 1 / (1 + np.exp(-(a + u)[:H])), 1 / (1 + np.exp(-(a + u)[H : 2 * H]))
        h = h + (1 - z) * (np.tanh(a[2 * H :] + r * u[2 * H :]) - h)
    return out


def one(name, ids, P, rtol=RTOL):
    want = np.stack([one_string(ids[:, b], P) for b in range(ids.shape[1])], axis=1)
    return Case(name, lambda f: {"logits": f.lm_logits(ids, P)}, {"logits": want}, rtol=rtol)


def cases(rng):
    for T, B, K, H in ((6, 3, 4, 5), (5, 1, 3, 2), (4, 5, 2, 3), (2, 2, 5, 1), (1, 3, 4, 2), (1, 1, 2, 1)):
        yield one(f"T={T}, B={B}, K={K}, H={H}", rng.integers(K, size=(T, B)), draw(rng, K, H))
    ids, P = rng.integers(4, size=(7, 2)), draw(rng, 4, 3)
    other = ids.copy()
    other[-1] = (ids[-1] + 1) % 4
    yield one("a string", ids, P)
    yield one("the same string but for its last symbol", other, P)
    yield one("the same string but for its first symbol", np.concatenate([(ids[:1] + 1) % 4, ids[1:]]), P)
    yield one("a weight of float32", ids, {name: value.astype(np.float32) for name, value in P.items()}, 1e-4)


EXPLAINED = {
    r"`ids` became `first` in `logits": "Both have as many columns as there are strings, and only that is asked of it here.",
}
