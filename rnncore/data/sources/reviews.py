"""Reviews in which the order of words decides: any bag of words is a coin toss."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnncore.ops import check_sizes

__all__ = ["REVIEWS", "Reviews"]

VOCABULARY = ("the", "film", "plot", "is", "not", "good", "great", "bad", "awful", "but", "very")
PRAISE = {"good": True, "great": True, "bad": False, "awful": False}


@dataclass(frozen=True)
class Reviews:
    """Such as "the film is not bad but the plot is awful": one of film and plot is praised, the other blamed.

    The label, 1 or 0, is what is said of the film. To exchange film and plot keeps the
    bag of words and turns the label around.

    noise: probability that a label is wrong.
    """

    noise: float = 0.05

    def __post_init__(self) -> None:
        if not 0 <= self.noise <= 1:
            raise ValueError(f"noise: got {self.noise}, expected a probability")

    vocabulary = VOCABULARY
    """The words."""

    @property
    def symbols(self) -> int:
        """Return the number of words. A review is read to its last word, so none of them is an end."""
        return len(VOCABULARY)

    @cached_property
    def sentences(self) -> list[tuple[tuple[int, ...], int]]:
        """Return every sentence, all as likely, with its true label."""
        index = {word: k for k, word in enumerate(VOCABULARY)}
        clauses = list(itertools.product(PRAISE, (False, True), (False, True)))  # adjective, negated, very
        found = []
        for first, second in itertools.product(clauses, clauses):
            good, other = (PRAISE[adjective] != negated for adjective, negated, _ in (first, second))
            if good == other:
                continue
            for subjects, label in [(("film", "plot"), good), (("plot", "film"), other)]:
                words: list[str] = []
                for subject, (adjective, negated, very) in zip(subjects, (first, second)):
                    words += [*(["but"] if words else []), "the", subject, "is"]
                    words += [*(["not"] if negated else []), *(["very"] if very else []), adjective]
                found.append((tuple(index[word] for word in words), int(label)))
        return found

    def sample(self, n: int, rng: np.random.Generator) -> tuple[list[np.ndarray], np.ndarray]:
        """Draw n sentences and their labels (n,).

        rng: draws.
        """
        (n,) = check_sizes(0, n=n)
        chosen = [self.sentences[k] for k in rng.integers(0, len(self.sentences), n)]
        labels = np.array([label for _, label in chosen])
        return [np.array(words) for words, _ in chosen], np.where(rng.random(n) < self.noise, 1 - labels, labels)

    def bayes_accuracy(self) -> float:
        """Share of right labels of the best classifier: the sentence decides, but for the noise."""
        return max(1 - self.noise, self.noise)

    def bag_accuracy(self) -> float:
        """Share of right labels of the best classifier that sees only how often each word occurs, by enumeration."""
        bags: dict[tuple, float] = defaultdict(float)
        for words, label in self.sentences:
            for given, p in [(label, 1 - self.noise), (1 - label, self.noise)]:
                bags[(tuple(sorted(words)), given)] += p
        best = sum(max(bags[(bag, 0)], bags[(bag, 1)]) for bag in {bag for bag, _ in bags})
        return float(best / len(self.sentences))


REVIEWS = Reviews()
"""The reviews of the course."""
