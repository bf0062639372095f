"""A trained classifier against the best that is possible, in bits per label, over all reviews that the source can write.

Which words are which integers is drawn, so that nobody can know them. The source has 256 reviews, all as likely, so the
expected loss on new ones is computed and not sampled: no part of the verdict is chance, and none can lie below the
floor. The judge runs the network itself. The model solution reaches 0.012 bits above the floor in the mean over
20 seeds, 0.020 at worst, and RMSprop 0.12 at worst; a bag of words is 0.71 above it, and so is every wrong gradient of
mistakes.toml, at best. Hence BITS.
"""

from dataclasses import dataclass

import numpy as np

from autograder.cases.gru_step.cases import WEIGHTS
from autograder.checks.case import Case
from autograder.checks.contract import Contract, Keys
from autograder.checks.floor import AboveFloor
from rnncore.data.sources import Reviews

FUNCTIONS = ("train_classifier",)
EQUATION = "adam"
PAGE = "ch06_classification/training"
CELL = {name: axes.replace("D", "symbols") for name, axes in WEIGHTS.items()}
CONTRACT = Contract(
    takes={"data": None},
    returns={"P": Keys({**CELL, "U": "K H", "c": "K"}, "the weights")},
)
SECONDS = 20
NOISE, BITS = 0.05, 0.15
FLOOR = -(1 - NOISE) * np.log2(1 - NOISE) - NOISE * np.log2(NOISE)


def padded(seqs, words):
    ids = np.zeros((max(map(len, seqs)), len(seqs)), int)
    for b, seq in enumerate(seqs):
        ids[: len(seq), b] = words[np.array(seq)]
    return ids, np.array([len(seq) for seq in seqs])


def states(ids, P, lengths=None):
    """Return the states of the GRU after each of the symbols, from zero; those after a sequence's end stand still."""
    a = {g: P["V_" + g].T[ids] + P["b_in" if g == "n" else "b_" + g] for g in "rzn"}
    h, hs = np.zeros((ids.shape[1], len(P["b_r"]))), []
    for t in range(len(ids)):
        r, z = (0.5 * (1 + np.tanh(0.5 * (a[g][t] + h @ P["W_" + g].T))) for g in "rz")
        n = np.tanh(a["n"][t] + r * (h @ P["W_n"].T + P["b_hn"]))
        after = n + z * (h - n)
        h = after if lengths is None else np.where((t < lengths)[:, None], after, h)
        hs.append(h)
    return np.stack(hs)


@dataclass(frozen=True)
class Judge(AboveFloor):
    """Scores weights on every review of the source. truth: the labels, none of them turned over."""

    asked, things = BITS, "reviews"

    ids: np.ndarray
    lengths: np.ndarray
    truth: np.ndarray
    symbols: int

    def scores(self, P):
        """Return the scores of every review, (N, K)."""
        P = {name: np.asarray(value, float) for name, value in P.items()}
        return states(self.ids, P, self.lengths)[-1] @ P["U"].T + P["c"]

    def bits(self, P):
        """Return the expected bits per label above the floor."""
        scores = self.scores(P)
        loss = np.logaddexp.reduce(scores, axis=1) - scores.T
        each = np.arange(len(self.truth))
        expected = (1 - NOISE) * loss[self.truth, each] + NOISE * loss[1 - self.truth, each]
        return float(expected.mean() / np.log(2) - FLOOR)

    @property
    def count(self):
        return len(self.truth)

    def strange(self, P):
        if (len(P["U"]), P["V_r"].shape[1]) != (2, self.symbols):
            return f"U has {len(P['U'])} rows and V {P['V_r'].shape[1]} columns; it needs 2 and {self.symbols}"
        return None

    def score(self, P, bits):
        said = (
            f"on new reviews the loss is {bits:.3f} bits above the floor, and {self._right(P):.0%} of labels are right"
        )
        return f"{said}; {BITS} bits are asked for."

    def _right(self, P):
        chosen = self.scores(P).argmax(axis=1)
        return NOISE + (1 - 2 * NOISE) * float((chosen == self.truth).mean())

    def hint(self, P, bits):
        chosen, right = self.scores(P).argmax(axis=1), self._right(P)
        if right < 0.4:
            return "That is worse than a coin: do the steps go up the loss, or are the labels turned over?"
        if (chosen == chosen[0]).all():
            return ("All reviews get the same label. Does every batch hold both labels? "
                    "Is the start anything but zero everywhere?")  # fmt: skip
        if right < 0.6:
            return ("That is a coin, or a bag of words. Does the gradient reach the cell's weights, does P "
                    "change, and do words and labels still belong together?")  # fmt: skip
        return "Something is learned. Are all of P trained, with enough batches, and with steps of a fitting size?"


def cases(rng):
    source = Reviews(NOISE)
    words = rng.permutation(source.symbols)
    seqs, labels = source.sample(4000, rng)
    order = np.argsort(labels, kind="stable")
    ids, lengths = padded(seqs, words)
    data = (ids[:, order], lengths[order], labels[order])
    reviews, truth = zip(*source.sentences)
    cfg = {"symbols": source.symbols, "units": 12, "updates": 300, "batch": 32, "lr": 0.02}
    draws = np.random.default_rng(rng.integers(2**32))
    judge = Judge(*padded(reviews, words), np.array(truth), source.symbols)
    yield Case("new reviews", lambda f: f.train_classifier(data, cfg, draws), judge=judge)
