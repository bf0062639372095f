"""Draws from a model. Where the distribution leaves no choice the string is compared; elsewhere draws are counted.

For draws of the same distribution the statistic chi squared of 5 symbols exceeds 45 once in 2e8.
"""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("sample",)
EQUATION = "temperature"
PAGE = "ch07_language/sampling"
CONTRACT = Contract(takes={"step": None}, returns={"symbols": "whole n: the drawn symbols, T or fewer"})
K, EOS, BOS, DRAWS = 5, 5, 6, 220


def network(rng, sharp=1.0):
    """A model with a memory: its state is a decaying sum of what it has read. EOS is one of its symbols."""
    E, U = rng.normal(size=(K + 2, 3)), sharp * rng.normal(size=(K + 1, 3))

    def step(symbol, h):
        h = 0.6 * np.asarray(h, float) + E[int(symbol)]
        return U @ h, h

    return step


def greedy(step, h, prefix, T):
    logits, h = step(BOS, h)
    for symbol in prefix:
        logits, h = step(symbol, h)
    out = []
    while len(out) < T:
        out.append(int(np.argmax(logits)))
        if out[-1] == EOS:
            break
        logits, h = step(out[-1], h)
    return np.array(out)


def script(rng, T, end):
    """A model that dictates a string, step by step: its state is the number of symbols read. EOS comes at `end`."""
    told = rng.integers(K, size=T + 8)
    told[end - 1] = EOS

    def step(symbol, h):
        read = int(np.asarray(h).ravel()[0])
        return 60.0 * np.eye(K + 1)[told[read]], np.array([read + 1.0])

    return step, told


def turning(symbol, h):
    """After symbol k comes k + 1, whatever was before."""
    return 60.0 * np.eye(K + 1)[(int(symbol) + 1) % K], h


def strings(f, *args):
    return {"drawn": np.asarray(f.sample(*args))}


def memoryless(logits):
    logits = np.asarray(logits, float)
    return lambda symbol, h: (logits.copy(), h)


def counted(name, logits, tau, top_k, rng, kept=None, n=DRAWS):
    """Many symbols of one distribution, drawn as one long string; EOS is not among them."""
    y = np.asarray(logits, float)
    p = np.where(np.ones(K, bool) if kept is None else np.isin(np.arange(K), kept), np.exp((y - y.max()) / tau), 0)
    want, step, draws = n * p / p.sum(), memoryless(y), np.random.default_rng(rng.integers(2**32))

    def judge(outputs):
        found = np.asarray(outputs["counts"], float)
        if found.sum() != n:
            return f"{int(found.sum())} symbols came back, expected {n}: EOS cannot come here"
        if found[want == 0].any():
            return "a symbol was drawn that top_k leaves out"
        some = want > 0
        chi2 = ((found[some] - want[some]) ** 2 / want[some]).sum()
        if chi2 > 45:
            return f"the counts of {n} draws do not fit the distribution asked for (chi squared {chi2:.0f})"
        pairs = np.asarray(outputs["pairs alike"], float) / (n - 1)
        alike = ((p / p.sum()) ** 2).sum()
        return "the symbols of one string depend on each other" if abs(pairs - alike) > 0.35 else None

    def run(f):
        drawn = np.asarray(f.sample(step, np.zeros(1), BOS, EOS, draws, n, tau, top_k, np.zeros(0, int))).astype(int)
        return {"counts": np.bincount(drawn, minlength=K)[:K], "pairs alike": int((drawn[1:] == drawn[:-1]).sum())}

    return Case(name, run, judge=judge)


def cases(rng):
    draws = lambda: np.random.default_rng(rng.integers(2**32))  # noqa: E731
    none, h0 = np.zeros(0, int), rng.normal(size=3)
    step = network(rng)
    for name, prefix in [("temperature 0", none), ("temperature 0, after a prefix", rng.integers(K, size=3))]:
        yield Case(name, lambda f, a=(step, h0, BOS, EOS, draws(), 12, 0, None, prefix): strings(f, *a),
                   {"drawn": greedy(step, h0, prefix, 12)})  # fmt: skip
    told, text = script(rng, 9, 6)
    yield Case("a model that ends after six symbols", lambda f, a=(told, np.zeros(1), BOS, EOS, draws(), 20, 1.0, None, none):
               strings(f, *a), {"drawn": text[:6]})  # fmt: skip
    yield Case("no more than T symbols", lambda f, a=(told, np.zeros(1), BOS, EOS, draws(), 4, 1.0, None, none):
               strings(f, *a), {"drawn": text[:4]})  # fmt: skip
    yield Case("the same after a prefix", lambda f, a=(told, np.zeros(1), BOS, EOS, draws(), 9, 0.5, None, text[:2].copy()):
               strings(f, *a), {"drawn": text[2:6]})  # fmt: skip
    first = int(rng.integers(K))
    yield Case("a model that looks at the last symbol only",
               lambda f, a=(turning, np.zeros(1), BOS, EOS, draws(), 8, 1.0, None, np.array([first])): strings(f, *a),
               {"drawn": (first + 1 + np.arange(8)) % K})  # fmt: skip
    y = np.array([1.4, 0.7, 0.0, -0.3, -0.6])[rng.permutation(K)]
    large = memoryless(1000 + 900 * y)
    yield Case("large logits and a small temperature",
               lambda f, a=(large, np.zeros(1), BOS, EOS, draws(), 5, 0.01, None, none): strings(f, *a),
               {"drawn": np.full(5, np.argmax(y))})  # fmt: skip
    yield counted("many draws, temperature 1", y, 1.0, None, rng)
    yield counted("many draws, temperature 0.4", y, 0.4, None, rng)
    yield counted("many draws, temperature 2.5", 2 * y, 2.5, None, rng)
    order = np.argsort(-y)
    flat = 0.05 * y
    yield counted("many draws of the two most probable", flat, 1.0, 2, rng, order[:2], n=400)
    tied = flat.copy()
    tied[order[2]] = tied[order[1]]
    yield counted("many draws, a tie at the edge of top_k", tied, 1.0, 2, rng, order[:3])
    yield counted("top_k of more than there are", y, 1.0, 9, rng)
