"""Text as numbers, and long texts as batches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

__all__ = ["Vocabulary", "lm_batches"]


@dataclass(frozen=True)
class Vocabulary:
    """Symbols and their numbers. Built on the training part only.

    >>> v = Vocabulary.of("banana")
    >>> v.encode("nab").tolist(), v.decode([1, 0])
    ([2, 0, 1], 'ba')
    """

    symbols: tuple[str, ...]

    @classmethod
    def of(cls, text: Iterable[str]) -> Vocabulary:
        """All symbols of a text, sorted."""
        return cls(tuple(sorted(set(text))))

    def __len__(self) -> int:
        return len(self.symbols)

    def encode(self, text: Iterable[str]) -> np.ndarray:
        """Numbers of the symbols. Raises ValueError naming a symbol that is not in the vocabulary."""
        index = {symbol: k for k, symbol in enumerate(self.symbols)}
        try:
            return np.array([index[symbol] for symbol in text], dtype=np.int64)
        except KeyError as error:
            raise ValueError(f"text: got the symbol {error.args[0]!r}, expected one of the vocabulary") from None

    def decode(self, ids: Iterable[int]) -> str:
        """The text of numbers."""
        return "".join(self.symbols[k] for k in ids)


def lm_batches(ids: np.ndarray, T: int, B: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Cut one long text into B parallel streams, and these into pieces of T steps: a list of (inputs, targets).

    ids: (N,). Stream j is the j-th of B equal, contiguous parts; targets are the inputs one symbol later. Pieces follow
    each other in time, so the state after one is the initial state of the next. The last piece may be short. All
    symbols but the first are targets exactly once, except at most B - 1 at the very end, which B does not divide.
    Raises ValueError when the text is too short.
    """
    width = (len(ids) - 1) // B
    if T < 1 or width < 1:
        raise ValueError(f"ids: got {len(ids)} symbols, T={T}, expected at least B + 1 = {B + 1} symbols and T >= 1")
    inputs = np.asarray(ids[: B * width]).reshape(B, width).T
    targets = np.asarray(ids[1 : B * width + 1]).reshape(B, width).T
    return [(inputs[t : t + T], targets[t : t + T]) for t in range(0, width, T)]
