"""A trained RNN that must remember one symbol over forty others, in bits above what the source itself scores.

The first symbol is 0 or 1, forty tosses of a coin follow, written 2 and 3, and the last symbol is the first one, or with
a probability q, which is drawn, the other. Only the last symbol is scored, and a coin pays 1 bit for it. The judge runs
the network itself, so the weights are all that counts.

The model solution reaches 0.003 bits in the mean over 20 seeds, 0.026 at worst. With a constant rate and 1000 updates
it is 0.03 in the mean and 0.17 at worst; hence BITS. With the plain start, clipped, the best of five seeds stays at a
coin, 0.65 or more; with the readout alone trained none passed. Without the clip, at the rate of `cfg`, 2 of 5 seeds get
through by luck, so the wrong answers without one keep the rate of assignment 2.
The alarm is that of train_lm: log Q - log P > 20 nats happens once in e^20 times (Markov's inequality).
"""

from dataclasses import dataclass

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract, Keys
from autograder.checks.floor import AboveFloor

FUNCTIONS = ("train_far",)
EQUATION = "haar"
PAGE = "ch03_gradients/initialisation"
CONTRACT = Contract(
    takes={"ids": "T N"},
    returns={"P": Keys({"V": "H K", "W": "H H", "b": "H", "U": "K H", "c": "K"}, "the weights")},
)
SECONDS = 20
BITS, GAP = 0.2, 40


def messages(q, n, rng):
    """Strings (GAP + 2, n), and the source's log-probability of the last symbols, in nats."""
    ids = rng.integers(2, 4, size=(GAP + 2, n))
    flips = rng.random(n) < q
    ids[0] = rng.integers(2, size=n)
    ids[-1] = (ids[0] + flips) % 2
    return ids, flips.sum() * np.log(q) + (n - flips.sum()) * np.log1p(-q)


def log_likelihood(ids, P):
    """Return the log-probability that the network gives to the last symbols, in nats."""
    V, W, b, U, c = (np.asarray(P[name], float) for name in "VWbUc")
    h = np.zeros((ids.shape[1], len(b)))
    for now in ids[:-1]:
        h = np.tanh(V.T[now] + h @ W.T + b)
    logits = h @ U.T + c
    top = logits.max(axis=1)
    return float(np.sum(logits[np.arange(len(h)), ids[-1]] - top - np.log(np.exp(logits - top[:, None]).sum(axis=1))))


@dataclass(frozen=True)
class Judge(AboveFloor):
    """Scores weights on new strings. best: what the source itself scores there, in nats."""

    asked, unit = BITS, ""

    ids: np.ndarray
    best: float

    @property
    def count(self):
        return self.ids.shape[1]

    def bits(self, P):
        """Return bits per last symbol above the source's own."""
        return (self.best - log_likelihood(self.ids, P)) / self.count / np.log(2)

    def strange(self, P):
        return None if len(P["U"]) == 4 else f"U has {len(P['U'])} rows; it needs one for each of the 4 symbols"

    def hint(self, P, bits):
        coin = 1 + self.best / self.count / np.log(2)
        if bits > 2.5 * coin:
            return ("Worse than a coin: something threw the weights far away. Are all gradients clipped together, "
                    "are the steps small enough, and do they go down?")  # fmt: skip
        if bits > 0.7 * coin:
            return ("That is no better than a coin: nothing of the first symbol is left after forty others. Is W "
                    "orthogonal at the start, and are the inputs small enough to leave tanh its slope? Are there "
                    "enough updates?")  # fmt: skip
        return "Much is remembered already. Do more updates help, or smaller steps at the end?"


def cases(rng):
    q = rng.uniform(0.03, 0.07)
    ids, (fresh, best) = messages(q, 4000, rng)[0], messages(q, 2000, rng)
    cfg = {"symbols": 4, "units": 32, "strings": 32, "updates": 1500, "rate": 0.1, "thr": 0.3}
    draws = np.random.default_rng(rng.integers(2**32))
    yield Case("new strings of the source", lambda f: f.train_far(ids, cfg, draws), judge=Judge(fresh, best))
