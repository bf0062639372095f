"""Beam search. The oracle is rnncore's, which steps all strings together; for wide beams, all strings there are.

Strings of equal score may stand in any order, so scores are compared, and of the strings that each has its score.
"""

import itertools

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract, Listing
from rnncore.models.decode import beam as reference

FUNCTIONS = ("beam",)
EQUATION = "beam-score"
PAGE = "ch10_translation/decoding"
CONTRACT = Contract(
    takes={"step": None},
    returns={
        "found": Listing(
            {"symbols": "whole n", "score": ""}, "best score first: all finished and all still open at the end"
        )
    },
)


def decoder(rng, K, H=3, sharp=1.5, against_end=0.0):
    """step(symbol, h) of a small network, and the same as log-probabilities after any beginning. EOS is K - 1, BOS K."""
    E, W, U = rng.normal(size=(K + 1, H)), rng.normal(size=(H, H)), sharp * rng.normal(size=(K, H))
    shift = np.append(np.zeros(K - 1), -against_end)

    def step(symbol, h):
        h = np.tanh(W @ np.asarray(h, float) + E[int(symbol)])
        y = U @ h + shift
        return y - np.logaddexp.reduce(y), h

    def after(h, beginning):
        for symbol in [K, *beginning]:
            logp, h = step(symbol, h)
        return logp

    return step, after


def walked(after, h, eos, max_len):
    out = []
    while len(out) < max_len and eos not in out:
        out.append(int(np.argmax(after(h, out))))
    return np.array(out)


def by_rnncore(step, h, K, k, alpha, max_len):
    """Scores and log-probabilities, best score first."""

    def batched(ids, state):
        pairs = [step(int(symbol), row) for symbol, row in zip(ids, state[0][0])]
        return np.stack([logp for logp, _ in pairs]), (np.stack([after for _, after in pairs])[None],)

    found = reference(batched, (h[None, None],), np.array([K]), K - 1, k, alpha, max_len)[0]
    return np.array([hypothesis.score for hypothesis in found])


def enumerated(after, h, K, alpha, max_len):
    """The score of every string, best first."""
    scores = []
    for n in range(1, max_len + 1):
        for string in itertools.product(range(K), repeat=n):
            ends = [t for t, symbol in enumerate(string) if symbol == K - 1]
            if ends[:1] == [n - 1] or (not ends and n == max_len):
                total = sum(after(h, string[:t])[string[t]] for t in range(n))
                scores.append(total / n**alpha)
    return np.sort(np.array(scores))[::-1]


def outputs(found, after, h, alpha):
    """Scores as they came, and what the strings beside them are worth."""
    found = list(found)
    worth = [sum(after(h, s[:t])[s[t]] for t in range(len(s))) / len(s) ** alpha for s in
             ([int(j) for j in np.asarray(symbols).ravel()] for symbols, _ in found)]  # fmt: skip
    return {"scores": np.array([float(score) for _, score in found]), "scores of the strings": np.array(worth)}


def one(name, rng, K, k, alpha, max_len, against_end=1.0, every=False):
    step, after = decoder(rng, K, against_end=against_end)
    h = rng.normal(size=3)
    want = enumerated(after, h, K, alpha, max_len) if every else by_rnncore(step, h, K, k, alpha, max_len)

    def run(f):
        return outputs(f.beam(step, h, K, K - 1, k, alpha, max_len), after, h, alpha)

    return Case(name, run, {"scores": want, "scores of the strings": want})


def as_greedy(rng):
    step, after = decoder(rng, 5, against_end=3.0)
    h = rng.normal(size=3)
    want = walked(after, h, 4, 6)
    run = lambda f: {"symbols": np.asarray([*f.beam(step, h, 5, 4, 1, 0.0, 6), ([], 0)][0][0])}  # noqa: E731
    return Case("a beam of one, which is greedy search", run, {"symbols": want})


def cases(rng):
    yield as_greedy(rng)
    for K, k, alpha, max_len, end in [(4, 2, 0.0, 5, 1.0), (5, 3, 1.0, 4, 0.0), (4, 4, 0.6, 5, -1.0), (3, 2, 2.0, 6, 1.0),
                                      (4, 3, 1.0, 3, 8.0), (6, 5, 0.0, 2, 0.5), (5, 3, 2.0, 6, 1.0), (4, 2, 1.5, 6, 0.0)]:  # fmt: skip
        yield one(f"{K} symbols, k={k}, alpha={alpha}, at most {max_len}", rng, K, k, alpha, max_len, end)
    yield one("a beam as wide as all strings: it finds them all", rng, 3, 3**4, 0.0, 4, every=True)
    yield one("the same, with a length score", rng, 3, 3**4, 1.0, 4, every=True)
    yield one("one symbol long", rng, 4, 2, 1.0, 1)


EXPLAINED = {
    r"`live` became `\w+` in `if not live": "Where no string is open, further rounds have nothing to extend: the break only saves time.",
    r"`g\[2\] == eos` became `eos == g\[2\]`": "Equality does not care which of the two stands first.",
}
