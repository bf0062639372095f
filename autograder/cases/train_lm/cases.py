"""A trained language model against its source, in bits per symbol above what the source itself scores on the same strings.

Runs of one symbol have an even length. Which of the two symbols that is, and how the coin between runs is biased, is
drawn. The judge runs the network itself, so the weights are all that counts. The model solution reaches 0.023 bits
in the mean over 20 seeds, 0.048 at worst, and other optimisers 0.060; without the gradient of the states, with targets
out of step or on one symbol of memory it is 0.19 at best. Hence BITS. Whoever trains E through a cell that stays as it
was drawn has 0.13 in the mean, and passed with 3 of 20 seeds: a random cell is sometimes good enough for one bit.
The alarm: for a normalised model Q and a source P, E[Q/P] <= 1, so log Q - log P > 20 nats happens once in e^20 times
(Markov's inequality). Both score the same strings, which the model has not seen.
"""

from dataclasses import dataclass

import numpy as np

from autograder.cases.gru_step.cases import WEIGHTS
from autograder.cases.train_classifier.cases import states
from autograder.checks.case import Case
from autograder.checks.contract import Contract, Keys
from autograder.checks.floor import AboveFloor

FUNCTIONS = ("train_lm",)
EQUATION = "lm-batches"
PAGE = "ch07_language/training"
CELL = {name: axes.replace("D", "H") for name, axes in WEIGHTS.items()}
CONTRACT = Contract(takes={"ids": "N"}, returns={"P": Keys({"E": "K H", "c": "K", **CELL}, "the weights")})
SECONDS = 30
BITS = 0.08


def strings(p, one, T, B, rng):
    """Strings (T, B) of the source, from its stationary state, and their log-probability in all.

    Between runs the state is 0: `one` comes with probability p and has to come again; else the other symbol comes.
    The state before the first symbol is hidden, so its two values are summed over.
    """
    start = np.array([1, p]) / (1 + p)
    state = (rng.random(B) > start[0]).astype(int)
    ids = np.empty((T, B), int)
    weights = np.tile(start, (B, 1))
    logp = np.zeros(B)
    for t in range(T):
        ones = (state == 1) | (rng.random(B) < p)
        state = np.where(ones, 1 - state, 0)
        ids[t] = np.where(ones, one, 1 - one)
        weights = np.where(ones[:, None], np.stack([weights[:, 1], weights[:, 0] * p], axis=1),
                           np.stack([weights[:, 0] * (1 - p), np.zeros(B)], axis=1))  # fmt: skip
        mass = weights.sum(axis=1)
        logp += np.log(mass)
        weights = weights / mass[:, None]
    return ids, logp.sum()


@dataclass(frozen=True)
class Judge(AboveFloor):
    """Scores weights on new strings. best: what the source itself scores there, in nats."""

    asked = BITS

    ids: np.ndarray
    best: float

    def gain(self, P):
        """Return by how many nats the model scores better than the source."""
        P = {name: np.asarray(value, float) for name, value in P.items()}
        tables = {**P, **{f"V_{g}": P[f"V_{g}"] @ P["E"].T for g in "rzn"}}
        hs = states(self.ids[:-1], tables)
        logits = np.concatenate([np.zeros((1, *hs.shape[1:])), hs]) @ P["E"].T + P["c"]
        chosen = np.take_along_axis(logits, self.ids[:, :, None], axis=-1)[:, :, 0]
        return float((chosen - np.logaddexp.reduce(logits, axis=-1)).sum()) - self.best

    @property
    def count(self):
        return self.ids.size

    def bits(self, P):
        """Return bits per symbol above the source's own."""
        return -self.gain(P) / self.count / np.log(2)

    def strange(self, P):
        return None if len(P["E"]) == 2 else f"E has {len(P['E'])} rows; it needs one for each of the 2 symbols"

    def hint(self, P, bits):
        if bits > 1:
            return "Worse than a coin: is the gradient's sign right, and are the steps small enough?"
        if bits > 0.2:
            return ("That is as good as without any memory. Does the gradient reach E and the cell's weights, "
                    "and are the targets one step ahead?")  # fmt: skip
        return "A little memory is there. Are all of P trained, with enough updates, over enough steps?"


def cases(rng):
    p, one = rng.uniform(0.4, 0.6), int(rng.integers(2))
    text = strings(p, one, 12000, 1, rng)[0][:, 0]
    fresh, best = strings(p, one, 60, 60, rng)
    cfg = {"symbols": 2, "units": 6, "streams": 16, "steps": 20, "updates": 600, "lr": 0.03}
    draws = np.random.default_rng(rng.integers(2**32))
    run = lambda f: f.train_lm(text, cfg, draws)  # noqa: E731
    yield Case("new strings of the source", run, judge=Judge(fresh, best))
