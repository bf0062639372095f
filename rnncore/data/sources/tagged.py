"""Words with hidden tags: a hidden Markov model, and the exact best tagger for it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from rnncore.data.sources.checks import check_probabilities
from rnncore.ops import check_ids, check_sizes

__all__ = ["TAGGED", "TaggedSource"]


@dataclass(frozen=True)
class TaggedSource:
    """Tags follow a Markov chain, first pi (K,), then A (K, K); tag k emits word m with probability B[k, m]."""

    pi: np.ndarray
    A: np.ndarray
    B: np.ndarray

    def __post_init__(self) -> None:
        if self.pi.ndim != 1:
            raise ValueError(f"pi: got shape {self.pi.shape}, expected (K,)")
        K = len(self.pi)
        if self.A.shape != (K, K) or self.B.ndim != 2 or self.B.shape[0] != K:
            raise ValueError(f"A, B: got shapes {self.A.shape}, {self.B.shape}, expected {(K, K)} and ({K}, M)")
        for name, rows in [("pi", self.pi), ("A", self.A), ("B", self.B)]:
            check_probabilities(name, rows)

    @property
    def symbols(self) -> int:
        """Return the number M of words; they are 0..M-1.

        Strings have a length that is given, and no end among the words.
        """
        return self.B.shape[1]

    @property
    def tags(self) -> int:
        """Return the number K of tags; they are 0..K-1."""
        return len(self.pi)

    def sample(self, T: int, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw words and tags, each (T, n).

        rng: draws.
        """
        T, n = check_sizes(T=T, n=n)
        tags = np.empty((T, n), dtype=np.int64)
        tags[0] = _draw(np.tile(self.pi, (n, 1)), rng)
        for t in range(1, T):
            tags[t] = _draw(self.A[tags[t - 1]], rng)
        return np.stack([_draw(self.B[row], rng) for row in tags]), tags

    def filtered(self, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return P(tag_t | words up to t), (T, n, K), and P(word_t | words before), (T, n): the forward algorithm.

        From the first impossible word on, both are 0.
        """
        words = self._checked(words)
        found, scales, ahead = [], [], np.tile(self.pi, (words.shape[1], 1))
        for row in words:
            joint = ahead * self.B[:, row].T
            scale = joint.sum(axis=1)
            found.append(joint / np.where(scale > 0, scale, 1)[:, None])
            scales.append(scale)
            ahead = found[-1] @ self.A
        return np.array(found), np.array(scales)

    def posterior(self, words: np.ndarray) -> np.ndarray:
        """Return P(tag_t | all words), (T, n, K): forward and backward.

        Its argmax is the tagger with the fewest errors.
        Raises ValueError for words that the source cannot have produced.
        """
        before, scales = self.filtered(words)
        if not scales.all():
            raise ValueError(
                f"words: got an impossible one at step {np.argwhere(scales == 0)[0, 0]}, expected strings of the source"
            )
        after = np.ones_like(before)
        for t in range(len(words) - 2, -1, -1):
            emitted = self.B[:, words[t + 1]].T * after[t + 1]
            after[t] = (emitted @ self.A.T) / scales[t + 1][:, None]
        return before * after

    def logprob(self, words: np.ndarray) -> np.ndarray:
        """Return log P of each string of words, (T, n) -> (n,), in nats; -inf for one that the source cannot have
        produced.
        """
        with np.errstate(divide="ignore"):
            return np.log(self.filtered(words)[1]).sum(axis=0)

    def bayes_accuracy(self, T: int, context: str = "both") -> float:
        """Share of words that the best tagger gets right, by enumeration of all strings of T words.

        context: "both" sides, or "left" for a tagger that has not yet read what follows.
        Raises ValueError for T below 1, and when there are more than a million strings.
        """
        M = self.symbols
        (T,) = check_sizes(T=T)
        if M**T > 1_000_000 or context not in {"both", "left"}:
            raise ValueError(f"T, context: got {T}, {context!r}, expected at most a million strings, 'both' or 'left'")
        words = np.array(list(itertools.product(range(M), repeat=T))).T
        p = np.exp(self.logprob(words))
        words, p = words[:, p > 0], p[p > 0]
        tags = self.posterior(words) if context == "both" else self.filtered(words)[0]
        return float((tags.max(axis=-1) * p).sum() / T)

    def expected_accuracy(self, words: np.ndarray, context: str = "both") -> float:
        """Share of these words, (T, n), that the best tagger is expected to get right: the mean largest posterior.

        For strings too long to enumerate; over samples its mean is bayes_accuracy. context: as there.
        """
        if context not in {"both", "left"} or np.size(words) == 0:
            raise ValueError(
                f"words, context: got shape {np.shape(words)}, {context!r}, expected words, and 'both' or 'left'"
            )
        tags = self.posterior(words) if context == "both" else self.filtered(words)[0]
        return float(tags.max(axis=-1).mean())

    def _checked(self, words):
        words = np.asarray(words)
        if words.ndim != 2:
            raise ValueError(f"words: got shape {words.shape}, expected (T, n)")
        check_ids("words", words, self.symbols)
        return words


def _draw(p, rng):
    """Draw one index from each row of probabilities."""
    return (rng.random((len(p), 1)) >= p.cumsum(axis=1)[:, :-1]).sum(axis=1)


TAGGED = TaggedSource(
    pi=np.array([0.5, 0.5, 0.0, 0.0]),
    A=np.array([[0.0, 0.0, 0.9, 0.1], [0.0, 0.0, 0.1, 0.9], [0.5, 0.5, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]]),
    B=np.array(
        [[0.8, 0.2, 0.0, 0.0, 0.0], [0.8, 0.0, 0.2, 0.0, 0.0], [0.0, 0.0, 0.0, 0.9, 0.1], [0.0, 0.0, 0.0, 0.1, 0.9]]
    ),
)
"""Tags 0 and 1 share word 0, and nothing before it tells them apart: only the word that follows does."""
