"""A trained writer of captions against its source: bits per caption above what the source scores on the same new ones.

A picture of 4 x 4 points shows a box or a line in one of four quarters. A caption names the shape, by one of two words,
and says the row, and the column, with a probability `said` that is drawn. The judge runs the network itself, so the
weights are all that counts. The model solution reaches 0.10 bits in the mean over 20 seeds, 0.14 at worst. Of a scene
there are three things to see, and a network that misses one of them pays `said` bits for it, 0.6 at least: hence BITS.
One that never looks cannot come nearer than 1 + 2 said bits, 2.2 at least; the best wrong loop reaches 1.02.
The alarm is that of train_lm: log Q - log P > 20 nats happens once in e^20 times (Markov's inequality).
"""

from dataclasses import dataclass

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract, Keys
from autograder.checks.floor import AboveFloor

FUNCTIONS = ("train_captions",)
EQUATION = "condition-state-backward"
PAGE = "ch08_conditional/condition"
SHAPES = {
    "P": "E F",
    "p": "E",
    "A": "H E",
    "a": "H",
    "Y": "N D",
    "V": "H D",
    "W": "H H",
    "b": "H",
    "U": "K H",
    "c": "K",
}
CONTRACT = Contract(takes={"data": None}, returns={"Q": Keys(SHAPES, "the weights")})
SECONDS = 20
BITS = 0.5
OPENED, OTHER, EOS, LONGEST, NOISE = 0.5, 0.4, 9, 5, 0.1


def draw(said, n, rng):
    """Pictures (n, 16), captions (LONGEST, 2n), mask, the picture of each caption; and log P of each caption, in nats:
    given its scene, and without it.
    """
    shape, row, column = rng.integers(2, size=(3, n))
    x = NOISE * rng.normal(size=(n, 4, 4))
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        x[np.arange(n), 2 * row + i, 2 * column + j] += (shape == 0) | (i == j)
    which = rng.integers(n, size=2 * n)
    captions, mask = np.full((LONGEST, 2 * n), EOS), np.zeros((LONGEST, 2 * n), bool)
    logp, blind = np.empty((2, 2 * n))
    for k, scene in enumerate(which):
        opened, other, row_told, column_told = map(int, rng.random(4) < (OPENED, OTHER, said, said))
        words = [0] * opened + [1 + 2 * shape[scene] + other]
        words += [5 + row[scene]] * row_told + [7 + column[scene]] * column_told + [EOS]
        captions[: len(words), k], mask[: len(words), k] = words, True
        told = row_told + column_told
        logp[k] = np.log(OPENED * (OTHER if other else 1 - OTHER) * said**told * (1 - said) ** (2 - told))
        blind[k] = logp[k] - (1 + told) * np.log(2)
    return (x.reshape(n, 16), captions, mask, which), logp, blind


def log_likelihood(data, Q):
    """Return the log-probability that the network gives to all captions, in nats."""
    x, captions, mask, which = data
    Q = {name: np.asarray(value, float) for name, value in Q.items()}
    h = (np.tanh(x @ Q["P"].T + Q["p"]) @ Q["A"].T + Q["a"])[which]
    read, total = np.full(len(which), len(Q["Y"]) - 1), 0.0
    for words, real in zip(captions, mask):
        h = np.tanh(Q["Y"][read] @ Q["V"].T + h @ Q["W"].T + Q["b"])
        y = h @ Q["U"].T + Q["c"]
        y = y - y.max(axis=1, keepdims=True)
        logp = y[np.arange(len(words)), words] - np.log(np.exp(y).sum(axis=1))
        total += float(logp[real].sum())
        read = words
    return total


@dataclass(frozen=True)
class Judge(AboveFloor):
    """Scores weights on new captions. best, blind: what the source scores, with the scene and without, in nats."""

    asked, things, unit, digits = BITS, "captions", " per caption", 2

    data: tuple
    best: float
    blind: float

    @property
    def count(self):
        return len(self.data[3])

    def bits(self, Q):
        """Return bits per caption above the source's own."""
        return (self.best - log_likelihood(self.data, Q)) / self.count / np.log(2)

    def strange(self, Q):
        if len(Q["U"]) != EOS + 1 or len(Q["Y"]) != EOS + 2:
            return (f"U has {len(Q['U'])} rows and Y {len(Q['Y'])}; U needs one for each of {EOS + 1} words, and Y one "
                    "more, for BOS")  # fmt: skip
        points = self.data[0].shape[1]
        if Q["P"].shape[1] != points:
            return f"P has {Q['P'].shape[1]} columns; it needs one for each of the {points} points of a picture"
        return None

    def hint(self, Q, bits):
        without = (self.best - self.blind) / self.count / np.log(2)
        if bits > 1.5 * without:
            return "Even a model that sees no picture does better: check the sign and the size of the steps."
        if bits > 0.8 * without:
            return (f"The best model that sees no picture is {without:.2f} above it: yours writes captions, "
                    "but does not look. Does each caption start from its own picture? Does dh0 reach P?")  # fmt: skip
        return "The network looks at its pictures. Do more updates help, or steps of another size?"


def cases(rng):
    said = rng.uniform(0.6, 0.9)
    (data, *_), (fresh, logp, blind) = draw(said, 2000, rng), draw(said, 1000, rng)
    cfg = {
        "words": EOS + 1,
        "points": 16,
        "code": 4,
        "embedding": 6,
        "units": 24,
        "captions": 64,
        "updates": 2000,
        "rate": 0.03,
    }
    draws, judge = np.random.default_rng(rng.integers(2**32)), Judge(fresh, float(logp.sum()), float(blind.sum()))
    yield Case("new captions of the source", lambda f: f.train_captions(data, cfg, draws), judge=judge)
