"""Small rendered scenes with captions: what a picture is worth, in bits."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnncore.data.sources.checks import check_equally_many
from rnncore.ops import check_ids, check_sizes

__all__ = ["SCENES", "Scenes"]

SHAPES = {"square": ("square", "box"), "cross": ("cross", "plus"), "ring": ("ring", "circle")}
SIZES = {"small": ("small", "little"), "big": ("big", "large")}
ROWS, COLUMNS = ("top", "bottom"), ("left", "right")
SHAPE_WORD, SIZE_WORD, SIZE_SAID, PLACE_SAID, OPENED = (0.6, 0.4), (0.7, 0.3), 0.8, 0.75, 0.5


@dataclass(frozen=True)
class Scenes:
    """One shape of one size in one quarter of an 8 x 8 picture: 24 conditions, all as likely.

    The caption names what is there, in words that are drawn: synonyms, and parts that may be left out. noise: standard
    deviation of what is added to each point of the picture; it never hides the scene at the default.
    """

    noise: float = 0.05

    def __post_init__(self) -> None:
        if not self.noise >= 0:
            raise ValueError(f"noise: got {self.noise}, expected at least 0")

    features = 64
    """Points of a picture."""

    @cached_property
    def conditions(self) -> list[tuple[str, str, str, str]]:
        """Return (shape, size, row, column) of each condition."""
        return list(itertools.product(SHAPES, SIZES, ROWS, COLUMNS))

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Return the words; the last is the end of a caption."""
        words = {word for synonyms in (*SHAPES.values(), *SIZES.values()) for word in synonyms}
        return (*sorted(words | {*ROWS, *COLUMNS, "there", "is", "a", "at", "the"}), "<eos>")

    @property
    def symbols(self) -> int:
        """Return the number K of words, the end included."""
        return len(self.vocabulary)

    @cached_property
    def captions(self) -> list[dict[tuple[int, ...], float]]:
        """Return every caption that each condition can have, with its probability."""
        index = {word: k for k, word in enumerate(self.vocabulary)}
        found = []
        for shape, size, row, column in self.conditions:
            openings = [("there is", OPENED), ("", 1 - OPENED)]
            sizes = [("", 1 - SIZE_SAID), *((w, SIZE_SAID * p) for w, p in zip(SIZES[size], SIZE_WORD))]
            places = [(f"at the {row} {column}", PLACE_SAID), ("", 1 - PLACE_SAID)]
            shapes = list(zip(SHAPES[shape], SHAPE_WORD))
            every: dict[tuple[int, ...], float] = {}
            for (a, p), (b, q), (c, r), (d, s) in itertools.product(openings, sizes, shapes, places):
                words = f"{a} a {b} {c} {d} <eos>".split()
                every[tuple(index[word] for word in words)] = p * q * r * s
            found.append(every)
        return found

    def render(self, condition: int, rng: np.random.Generator) -> np.ndarray:
        """Draw a picture (64,) of a condition; a small shape stands anywhere in its quarter.

        rng: draws.
        """
        check_ids("condition", np.asarray(condition), len(self.conditions))
        shape, size, row, column = self.conditions[condition]
        side = 4 if size == "big" else 3
        shapes = {"square": np.ones((side, side)), "cross": np.zeros((side, side)), "ring": np.ones((side, side))}
        shapes["cross"][side // 2], shapes["cross"][:, side // 2] = 1, 1
        shapes["ring"][1:-1, 1:-1] = 0
        top, left = rng.integers(0, 5 - side, 2)
        picture = self.noise * rng.normal(size=(8, 8))
        top, left = top + 4 * (row == "bottom"), left + 4 * (column == "right")
        picture[top : top + side, left : left + side] += shapes[shape]
        return picture.ravel()

    def sample(self, n: int, rng: np.random.Generator) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
        """Draw pictures (n, 64), captions with their ends, and the conditions (n,).

        rng: draws.
        """
        (n,) = check_sizes(n=n)
        conditions = rng.integers(0, len(self.conditions), n)
        captions = []
        for k in conditions:
            every = list(self.captions[k])
            captions.append(np.array(every[rng.choice(len(every), p=list(self.captions[k].values()))]))
        return np.stack([self.render(k, rng) for k in conditions]), captions, conditions

    def logprob(self, captions: Sequence[np.ndarray], conditions: np.ndarray) -> np.ndarray:
        """Return log P(caption | scene) of each, in nats; -inf for one that the scene cannot have.

        captions: what `sample` drew.
        """
        check_equally_many(captions=captions, conditions=conditions)
        check_ids("conditions", np.asarray(conditions), len(self.conditions))
        p = [self.captions[k].get(tuple(map(int, caption)), 0.0) for caption, k in zip(captions, conditions)]
        with np.errstate(divide="ignore"):
            return np.log(p)

    def marginal_logprob(self, captions: Sequence[np.ndarray]) -> np.ndarray:
        """Return log P(caption) of each without its scene, in nats.

        captions: what `sample` drew.
        """
        with np.errstate(divide="ignore"):
            return np.log([self._marginal.get(tuple(map(int, caption)), 0.0) for caption in captions])

    def conditional_entropy(self) -> float:
        """Return H(caption | scene), bits per caption, by enumeration."""
        return float(np.mean([_entropy(every.values()) for every in self.captions]))

    def entropy(self) -> float:
        """Return H(caption), bits per caption, by enumeration."""
        return _entropy(self._marginal.values())

    def information(self) -> float:
        """Return I(caption; scene) = H(caption) - H(caption | scene), bits per caption."""
        return self.entropy() - self.conditional_entropy()

    @cached_property
    def _marginal(self) -> dict[tuple[int, ...], float]:
        total: dict[tuple[int, ...], float] = {}
        for every in self.captions:
            for caption, p in every.items():
                total[caption] = total.get(caption, 0.0) + p / len(self.conditions)
        return total


def _entropy(probabilities) -> float:
    p = np.array(list(probabilities))
    return float(-(p * np.log2(p)).sum())


SCENES = Scenes()
"""The scenes of the course."""
