"""A trained tagger against the exact posterior: bits per tag above its score on the same new sentences.

Sentences come from a hidden Markov model whose probabilities are drawn; every noun of it may be a verb. The judge runs
the network itself, so the weights are all that counts. The model solution reaches 0.016 bits in the mean over 20 seeds,
0.032 at worst; the exact tagger that reads from the left alone 0.154 at best, and the best wrong loop, which learns
padding, 0.071. Hence BITS.
The alarm: at one place of all sentences the product of model / posterior has the expected value 1, so it exceeds
T e^20 at one of the T places once in e^20 times (Markov's inequality, and the sum of T small probabilities).
"""

from dataclasses import dataclass

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract, Keys
from autograder.checks.floor import AboveFloor
from rnncore.data.sources import TaggedSource

FUNCTIONS = ("train_tagger",)
EQUATION = "tag-loss"
PAGE = "ch09_tagging/tagger"
END = {"V": "H D", "W": "H H", "b": "H"}
SHAPES = {"E": "M D", **{f"{name}_{end}": axes for end in "fb" for name, axes in END.items()}, "U": "K 2H", "c": "K"}
CONTRACT = Contract(takes={"data": None}, returns={"P": Keys(SHAPES, "the weights")})
SECONDS = 20
BITS, SHORTEST, LONGEST = 0.05, 2, 10
START = np.array([0.2, 0.35, 0.3, 0.15])
FOLLOWS = np.array(
    [[0.01, 0.97, 0.01, 0.01], [0.02, 0.4, 0.54, 0.04], [0.6, 0.14, 0.04, 0.22], [0.03, 0.05, 0.89, 0.03]]
)
SAYS = np.array([[0.6, 0.4, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0.25, 0.35, 0.15, 0.25],
                 [0, 0, 0, 0, 0.3, 0.2, 0.3, 0.2], [0, 0, 0.4, 0.6, 0, 0, 0, 0]])  # fmt: skip
"""Articles, nouns, verbs and pronouns; the last four of the eight words are nouns and verbs."""


def source(rng):
    """A hidden Markov model near the tables above, in which everything is possible."""

    def near(rows):
        return np.array([0.98 * rng.dirichlet(100 * row + 1e-3) + 0.02 / len(row) for row in rows])

    return TaggedSource(near(START[None])[0], near(FOLLOWS), near(SAYS))


def draw(hmm, n, rng):
    """Words (LONGEST, n), lengths (n,) and tags (LONGEST, n). Behind its end stand words and tags of another."""
    ids, tags = hmm.sample(LONGEST, n, rng)
    lengths = rng.integers(SHORTEST, LONGEST + 1, size=n)
    padding = np.arange(LONGEST)[:, None] >= lengths
    other = rng.permutation(int(padding.sum()))
    ids[padding], tags[padding] = ids[padding][other], tags[padding][other[::-1]]
    return ids, lengths, tags


def log_probabilities(data, P):
    """Return the log-probability of each right tag, (LONGEST, n), in nats; 0 at padding."""
    ids, lengths, tags = data
    P = {name: np.asarray(value, float) for name, value in P.items()}
    real, halves = np.arange(len(ids))[:, None] < lengths, {}
    for end, order in (("f", range(len(ids))), ("b", reversed(range(len(ids))))):
        h, found = np.zeros((len(lengths), len(P[f"b_{end}"]))), {}
        for t in order:
            new = np.tanh(P["E"][ids[t]] @ P[f"V_{end}"].T + h @ P[f"W_{end}"].T + P[f"b_{end}"])
            h = found[t] = np.where(real[t][:, None], new, 0)
        halves[end] = np.stack([found[t] for t in range(len(ids))])
    s = np.concatenate([halves["f"], halves["b"]], axis=2) @ P["U"].T + P["c"]
    s = s - s.max(axis=2, keepdims=True)
    logp = np.take_along_axis(s, tags[:, :, None], 2)[:, :, 0] - np.log(np.exp(s).sum(axis=2))
    return np.where(real, logp, 0)


def exact(hmm, data, context):
    """Return the same for the exact posterior; context "left": for what is known of a tag at its own word."""
    ids, lengths, tags = data
    found = np.zeros(ids.shape)
    for n in np.unique(lengths):
        some = np.flatnonzero(lengths == n)
        words = ids[:n, some]
        p = hmm.posterior(words) if context == "both" else hmm.filtered(words)[0]
        found[:n, some] = np.log(np.take_along_axis(p, tags[:n, some][:, :, None], 2)[:, :, 0])
    return found


@dataclass(frozen=True)
class Judge(AboveFloor):
    """Scores weights on new sentences. best, left: log-probabilities of the exact tagger of both sides, of the left."""

    asked, things, unit = BITS, "sentences", " per tag"

    data: tuple
    best: np.ndarray
    left: np.ndarray

    @property
    def count(self):
        return self.data[1].sum()

    def bits(self, P):
        """Return bits per tag above the exact posterior's own."""
        return self._per_tag(self.best - log_probabilities(self.data, P))

    def _per_tag(self, nats):
        return nats.sum() / self.count / np.log(2)

    def strange(self, P):
        if len(P["U"]) != len(START) or len(P["E"]) != SAYS.shape[1]:
            return (f"U has {len(P['U'])} rows and E {len(P['E'])}; U needs one for each of {len(START)} tags, E for "
                    f"each of the {SAYS.shape[1]} words")  # fmt: skip
        return None

    def too_good(self, P, bits):
        """Say so where it beats the exact posterior at any one place: all of them are looked at, hence the logarithm."""
        nats = log_probabilities(self.data, P) - self.best
        if (gain := nats.sum(axis=1).max()) <= self.alarm + np.log(len(nats)):
            return None
        return (f"tags of new sentences score better than the exact posterior, by {gain:.0f} nats at one place. "
                "No tagger can")  # fmt: skip

    def hint(self, P, bits):
        left = self._per_tag(self.best - self.left)
        if bits > 2:
            return (
                "That is worse than to call all tags equally likely: check the sign and the size of the steps, and "
                "whose tags you ask for."
            )
        if bits > 0.7 * left:
            return (f"The best tagger of the left side alone is {left:.3f} above it. Are all nine arrays "
                    "moved, and is padding kept out of the loss?")  # fmt: skip
        return "Much of it is there. Is padding kept out of the loss? Do more updates help, or steps of another size?"


def cases(rng):
    hmm = source(rng)
    data, fresh = draw(hmm, 4000, rng), draw(hmm, 2000, rng)
    cfg = {"words": 8, "tags": 4, "embedding": 6, "units": 16, "sentences": 32, "updates": 1000, "rate": 0.1}
    draws, judge = (
        np.random.default_rng(rng.integers(2**32)),
        Judge(fresh, exact(hmm, fresh, "both"), exact(hmm, fresh, "left")),
    )
    yield Case("new sentences of the source", lambda f: f.train_tagger(data, cfg, draws), judge=judge)
