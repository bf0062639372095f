"""A trained RNN against its source, in bits per symbol above what the source itself scores on the same new strings.

Each symbol is the one before it, turned around if the symbol five steps back is 1, and flipped with a probability q
that is drawn. The judge runs the network itself, so the weights are all that counts. The model solution reaches 0.010 bits
in the mean over 20 seeds, 0.030 at worst; without the gradient that W carries back, 0.095 at best. Hence BITS.
The alarm is that of train_lm: log Q - log P > 20 nats happens once in e^20 times (Markov's inequality).
"""

from dataclasses import dataclass

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract, Keys
from autograder.checks.floor import AboveFloor

FUNCTIONS = ("train_rnn",)
EQUATION = "bptt-weights"
PAGE = "ch02_bptt/bptt"
CONTRACT = Contract(
    takes={"ids": "T N"},
    returns={"P": Keys({"V": "H K", "W": "H H", "b": "H", "U": "K H", "c": "K"}, "the weights")},
)
SECONDS = 20
BITS, BACK = 0.05, 5


def strings(q, T, n, rng):
    """Strings (T, n), and the source's log-probability of all symbols but the first, in nats."""
    ids = np.empty((T, n), int)
    flips = rng.random((T, n)) < q
    ids[:BACK] = rng.integers(2, size=(BACK, n))
    for t in range(BACK, T):
        ids[t] = (ids[t - 1] + ids[t - BACK] + flips[t]) % 2
    flipped = int(flips[BACK:].sum())
    kept = (T - BACK) * n - flipped
    return ids, flipped * np.log(q) + kept * np.log1p(-q) - (BACK - 1) * n * np.log(2)


def log_likelihood(ids, P):
    """Return the log-probability that the network gives to all symbols but the first, in nats."""
    V, W, b, U, c = (np.asarray(P[name], float) for name in "VWbUc")
    h, total = np.zeros((ids.shape[1], len(b))), 0.0
    for now, following in zip(ids[:-1], ids[1:]):
        h = np.tanh(V.T[now] + h @ W.T + b)
        logits = h @ U.T + c
        top = logits.max(axis=1)
        norm = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
        total += float((logits[np.arange(len(following)), following] - norm).sum())
    return total


@dataclass(frozen=True)
class Judge(AboveFloor):
    """Scores weights on new strings. best: what the source itself scores there, in nats."""

    asked = BITS

    ids: np.ndarray
    best: float

    @property
    def count(self):
        return self.ids[1:].size

    def bits(self, P):
        """Return bits per symbol above the source's own."""
        return (self.best - log_likelihood(self.ids, P)) / self.count / np.log(2)

    def strange(self, P):
        return None if len(P["U"]) == 2 else f"U has {len(P['U'])} rows; it needs one for each of the 2 symbols"

    def hint(self, P, bits):
        coin = 1 + self.best / self.count / np.log(2)
        if bits > 1.1 * coin:
            return "Worse than a coin: check the gradient's sign, the size of the steps, and that p sums to 1."
        if bits > 0.4 * coin:
            return ("That is nearly a coin: the symbol five steps back is not remembered. Are the targets one step "
                    "ahead, does rnn_backward reach V, W and b, are there enough updates?")  # fmt: skip
        return "Much of the rule is there. Do more updates help, or steps of another size?"


def cases(rng):
    q = rng.uniform(0.05, 0.1)
    ids, (fresh, best) = strings(q, 16, 4000, rng)[0], strings(q, 16, 1000, rng)
    cfg = {"symbols": 2, "units": 16, "strings": 32, "updates": 600, "rate": 0.3}
    draws = np.random.default_rng(rng.integers(2**32))
    yield Case("new strings of the source", lambda f: f.train_rnn(ids, cfg, draws), judge=Judge(fresh, best))
