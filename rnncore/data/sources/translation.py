"""Pairs of strings whose conditional entropy is known: reversal with noise, and numbers in words."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnncore.data.sources.checks import check_equally_many
from rnncore.ops import check_ids, check_own_sizes, check_sizes

__all__ = ["Numbers", "Reversal"]


@dataclass(frozen=True)
class Reversal:
    """The target is the source reversed, each symbol replaced by another one with probability `noise`, then the end.

    Source symbols are 0..K-1, uniform, and lengths uniform in lo..hi. The end of a target has the number K.
    """

    K: int = 8
    noise: float = 0.1
    lo: int = 3
    hi: int = 8

    def __post_init__(self) -> None:
        check_own_sizes(self, "K", least=2)
        check_own_sizes(self, "lo", "hi")
        if not 0 <= self.noise < 1 or self.lo > self.hi:
            raise ValueError(f"noise, lo, hi: got {self}, expected 0 <= noise < 1, lo <= hi")

    @property
    def symbols(self) -> int:
        """Return the number of symbols of a target, the end included."""
        return self.K + 1

    def sample(self, n: int, rng: np.random.Generator) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Draw n sources and their targets.

        rng: draws.
        """
        (n,) = check_sizes(0, n=n)
        sources = [rng.integers(0, self.K, length) for length in rng.integers(self.lo, self.hi + 1, n)]
        targets = []
        for source in sources:
            shift = np.where(rng.random(len(source)) < self.noise, rng.integers(1, self.K, len(source)), 0)
            targets.append(np.append((source[::-1] + shift) % self.K, self.K))
        return sources, targets

    def logprob(self, targets: Sequence[np.ndarray], sources: Sequence[np.ndarray]) -> np.ndarray:
        """Return log P(target | source) of each pair, in nats; -inf for a target that the source cannot have.

        targets: what `sample` drew. sources: what `sample` drew.
        Raises ValueError for a source with other symbols than 0..K-1.
        """
        check_equally_many(targets=targets, sources=sources)
        return np.array([self._one(np.asarray(t), np.asarray(s)) for t, s in zip(targets, sources)])

    def conditional_entropy(self) -> float:
        """Return H(target | source), bits per pair: the mean length times the entropy of one symbol's fate."""
        e = self.noise
        one = 0.0 if e == 0 else -(1 - e) * np.log2(1 - e) - e * np.log2(e / (self.K - 1))
        return float(one * (self.lo + self.hi) / 2)

    def _one(self, target, source):
        if len(source):
            check_ids("sources", source, self.K)
        inside = (target[:-1] >= 0) & (target[:-1] < self.K)
        if len(target) != len(source) + 1 or target[-1] != self.K or not inside.all():
            return -np.inf
        wrong = int((target[:-1] != source[::-1]).sum())
        if wrong and self.noise == 0:
            return -np.inf
        right = len(source) - wrong
        return right * np.log1p(-self.noise) + (wrong * np.log(self.noise / (self.K - 1)) if wrong else 0.0)


ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
]
ONES += ["seventeen", "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


@dataclass(frozen=True)
class Numbers:
    """A number 0..999 as digits, and in words. A coin decides on "and" after a hundred, and on "a" for "one" before it.

    Source symbols are the digits 0..9; the last target word is the end.
    """

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Return the target words."""
        return (*ONES, *TENS, "hundred", "and", "a", "<eos>")

    @property
    def symbols(self) -> int:
        """Return the number of target words, the end included."""
        return len(self.vocabulary)

    def readings(self, number: int) -> dict[tuple[int, ...], float]:
        """Return every way to say a number 0..999, with its probability."""
        check_ids("number", np.asarray(number), 1000)
        hundreds, rest = divmod(number, 100)
        first = [([], 1.0)]
        if hundreds:
            heads = [(ONES[hundreds], 0.5), ("a", 0.5)] if hundreds == 1 else [(ONES[hundreds], 1.0)]
            first = [([head, "hundred"], p) for head, p in heads]
        tail = [] if hundreds and not rest else [*([TENS[rest // 10 - 2]] if rest >= 20 else [])]
        if (rest < 20 and (rest or not hundreds)) or (rest >= 20 and rest % 10):
            tail.append(ONES[rest if rest < 20 else rest % 10])
        joints = [(["and"], 0.5), ([], 0.5)] if hundreds and rest else [([], 1.0)]
        index = {word: k for k, word in enumerate(self.vocabulary)}
        return {
            tuple(index[word] for word in [*head, *joint, *tail, "<eos>"]): p * q
            for (head, p), (joint, q) in itertools.product(first, joints)
        }

    def sample(self, n: int, rng: np.random.Generator) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Draw n numbers as digits, and in words.

        rng: draws.
        """
        (n,) = check_sizes(0, n=n)
        numbers = rng.integers(0, 1000, n)
        targets = []
        for number in numbers:
            every = self.readings(int(number))
            targets.append(np.array(list(every)[rng.choice(len(every), p=list(every.values()))]))
        return [np.array([int(digit) for digit in str(number)]) for number in numbers], targets

    def logprob(self, targets: Sequence[np.ndarray], sources: Sequence[np.ndarray]) -> np.ndarray:
        """Return log P(words | digits) of each pair, in nats; -inf for words that do not say the number.

        targets: what `sample` drew. sources: what `sample` drew.
        Raises ValueError for a source that is not the digits of a number 0..999.
        """
        check_equally_many(targets=targets, sources=sources)
        for source in sources:
            if not 1 <= len(source) <= 3 or (len(source) > 1 and source[0] == 0):
                raise ValueError(f"sources: got {np.asarray(source).tolist()}, expected the digits of a number 0..999")
            check_ids("sources", np.asarray(source), 10)
        numbers = [int("".join(map(str, source))) for source in sources]
        p = [self.readings(number).get(tuple(map(int, target)), 0.0) for target, number in zip(targets, numbers)]
        with np.errstate(divide="ignore"):
            return np.log(p)

    def conditional_entropy(self) -> float:
        """Return H(words | digits), bits per pair, by enumeration."""
        return float(np.mean([-sum(p * np.log2(p) for p in self.readings(k).values()) for k in range(1000)]))
