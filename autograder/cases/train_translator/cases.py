"""A trained translator against its source, in bits per word above what the source itself scores on new pairs.

Digits become words, and a coin says for each number whether the ones come before the tens ("four and twenty"); its
probability is drawn. The judge runs the network itself, so the weights are all that counts. The model solution reaches
0.020 bits in the mean over 20 seeds, 0.026 at worst; other optimisers 0.030 at worst; with a gradient missing or swapped
0.058 at best, without a look at the digits 0.18. Hence BITS.
The alarm is that of train_lm: log Q - log P > 20 nats happens once in e^20 times (Markov's inequality).
"""

from dataclasses import dataclass

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract, Keys
from autograder.checks.floor import AboveFloor

FUNCTIONS = ("train_translator",)
EQUATION = "seq2seq-nll"
PAGE = "ch10_translation/encoder"
SHAPES = {"S": "Ks D", "V_e": "H D", "W_e": "H H", "b_e": "H", "Y": "L D", "V_d": "H D", "W_d": "H H", "b_d": "H",
          "U": "Kt 2H", "c": "Kt", "tau": ""}  # fmt: skip
CONTRACT = Contract(
    takes={"src": "Ts N"},
    returns={"P": Keys(SHAPES, "the weights; Y has a row for BOS, so L is Kt + 1", said="a dict of weights")},
)
SECONDS = 30
BITS = 0.045
DIGITS, WORDS, LONGEST = 10, 21, 8
HUNDRED, THOUSAND, AND, EOS = 17, 18, 19, 20


def pairs(n, p, rng):
    """Digits (4, n), lengths (n,), words (8, n), which are real, and the source's log-probability of the words."""
    lengths, old = rng.integers(2, 5, size=n), rng.random(n) < p
    src, tgt = np.zeros((4, n), int), np.full((LONGEST, n), EOS)
    mask = np.zeros(tgt.shape, bool)
    for k, length in enumerate(lengths):
        ones, tens, *more = rng.integers([1, 2, 1, 1][:length], 10).tolist()
        src[:length, k] = [*more[::-1], tens, ones]
        said = [ones - 1, AND, tens + 7] if old[k] else [tens + 7, ones - 1]
        for digit, unit in zip(more, (HUNDRED, THOUSAND)):
            said = [digit - 1, unit, *said]
        tgt[: len(said), k], mask[: len(said) + 1, k] = said, True
    return src, lengths, tgt, mask, float(np.where(old, np.log(p), np.log1p(-p)).sum())


def log_likelihood(src, lengths, tgt, mask, P):
    """Return the log-probability that the network gives to the real words, in nats."""
    P = {name: np.asarray(value, float) for name, value in P.items()}
    h, hs = np.zeros((src.shape[1], len(P["b_e"]))), []
    for t, ids in enumerate(src):
        new = np.tanh(P["S"][ids] @ P["V_e"].T + h @ P["W_e"].T + P["b_e"])
        h = np.where((t < lengths)[:, None], new, h)
        hs.append(h)
    hs, total = np.stack(hs), 0.0
    outside, columns = np.arange(len(src))[:, None] >= lengths, np.arange(len(lengths))
    read = np.vstack([np.full((1, len(lengths)), len(P["Y"]) - 1), tgt[:-1]])
    for ids, wanted, real in zip(read, tgt, mask):
        h = np.tanh(P["Y"][ids] @ P["V_d"].T + h @ P["W_d"].T + P["b_d"])
        e = np.where(outside, -np.inf, np.einsum("bh,sbh->sb", h, hs) / P["tau"])
        w = np.exp(e - e.max(axis=0))
        seen = np.einsum("sb,sbh->bh", w / w.sum(axis=0), hs)
        logits = np.hstack([h, seen]) @ P["U"].T + P["c"]
        top = logits.max(axis=1)
        norm = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
        total += float((logits[columns, wanted] - norm)[real].sum())
    return total


@dataclass(frozen=True)
class Judge(AboveFloor):
    """Scores weights on new pairs. best: what the source itself scores there, in nats."""

    asked, things, unit = BITS, "pairs", " per word"

    src: np.ndarray
    lengths: np.ndarray
    tgt: np.ndarray
    mask: np.ndarray
    best: float

    @property
    def count(self):
        return self.mask.sum()

    def bits(self, P):
        """Return bits per word above the source's own."""
        found = log_likelihood(self.src, self.lengths, self.tgt, self.mask, P)
        return (self.best - found) / self.count / np.log(2)

    def strange(self, P):
        for name, least in (("S", DIGITS), ("U", WORDS), ("Y", WORDS + 1)):
            if len(P[name]) != least:
                return f"{name} has {len(P[name])} rows; it needs {least}"
        return None if P["tau"] > 0 else f"tau is {P['tau']}; a temperature is a positive number"

    def hint(self, P, bits):
        if bits > 2:
            return "Hardly a word is known: check the gradient's sign, the size of the steps, and that p sums to 1."
        if bits > 0.15:
            return ("The form of the words is there, the digits are not. Do the gradients of keys and of values both "
                    "reach the encoder, and the one of the queries the decoder?")  # fmt: skip
        return ("Nearly all is there. Do smaller steps towards the end help? Or is one of the gradients of queries, "
                "keys and values lost on its way?")  # fmt: skip


def cases(rng):
    p = rng.uniform(0.25, 0.4)
    src, lengths, tgt, mask, _ = pairs(8000, p, rng)
    cfg = {"digits": DIGITS, "words": WORDS, "embedding": 16, "units": 32, "pairs": 32, "updates": 1000, "rate": 0.01}
    draws, judge = np.random.default_rng(rng.integers(2**32)), Judge(*pairs(1000, p, rng))
    yield Case(
        "new pairs of the source", lambda f: f.train_translator(src, lengths, tgt, mask, cfg, draws), judge=judge
    )
