"""Text as numbers, and sequences as batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnncore.ops import check_ids, check_integers, check_sizes

__all__ = ["EOS", "UNK", "Vocabulary", "length_batches", "lm_batches", "pad_batch", "shifted"]

EOS = "<eos>"
"""The end of a string. It is part of the string: without it a model gives no distribution over strings."""
UNK = "<unk>"
"""A word that the vocabulary does not hold."""


@dataclass(frozen=True)
class Vocabulary:
    """Symbols and their numbers. Built on the training part only.

    >>> v = Vocabulary.of("banana")
    >>> v.encode("nab").tolist(), v.decode([1, 0])
    ([2, 0, 1], 'ba')
    """

    symbols: tuple[str, ...]

    @classmethod
    def of(cls, text: Iterable[str], specials: Sequence[str] = (), min_count: int = 1) -> Vocabulary:
        """Build a vocabulary of all symbols of a text that occur at least min_count times, sorted, after the specials
        (UNK, EOS).

        BOS is no symbol of the text: by custom it has the number len(vocabulary), which only inputs use.
        """
        check_sizes(0, min_count=min_count)
        counts = Counter(text)
        return cls((*specials, *sorted(s for s, n in counts.items() if n >= min_count and s not in specials)))

    def __post_init__(self) -> None:
        if twice := [s for s, n in Counter(self.symbols).items() if n > 1]:
            raise ValueError(f"symbols: got {twice} twice, expected each symbol once")

    def __len__(self) -> int:
        return len(self.symbols)

    @cached_property
    def index(self) -> dict[str, int]:
        """Return the number of each symbol."""
        return {symbol: k for k, symbol in enumerate(self.symbols)}

    def encode(self, text: Iterable[str]) -> np.ndarray:
        """Return the numbers of the symbols.

        One that the vocabulary lacks becomes UNK; without UNK, a ValueError names it.
        text: symbols.
        """
        unknown = self.index.get(UNK)
        try:
            return np.array([self.index[s] if unknown is None else self.index.get(s, unknown) for s in text], np.int64)
        except KeyError as error:
            raise ValueError(f"text: got the symbol {error.args[0]!r}, expected one of the vocabulary") from None

    def decode(self, ids: Iterable[int], between: str = "") -> str:
        """Return the text of numbers. Raises TypeError or ValueError for what is no number of a symbol.

        ids: numbers of symbols. between: what stands between two symbols.
        """
        ids = list(ids)
        check_ids("ids", np.asarray(ids) if ids else np.zeros(0, np.int64), len(self))
        return between.join(self.symbols[k] for k in ids)


def lm_batches(ids: np.ndarray, T: int, B: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Cut one long text into B parallel streams, and these into pieces of T steps: a list of (inputs, targets).

    ids: (N,). Stream j is the j-th of B equal, contiguous parts; targets are the inputs one symbol later. Pieces follow
    each other in time, so the state after one is the initial state of the next. The last piece may be short. All
    symbols but the first are targets exactly once, except at most B - 1 at the very end, which B does not divide.
    Raises TypeError for ids that are no integers, ValueError when the text is too short.
    """
    check_integers("ids", ids)
    T, B = check_sizes(T=T, B=B)
    if len(ids.shape) != 1:
        raise ValueError(f"ids: got shape {tuple(ids.shape)}, expected (N,)")
    width = (len(ids) - 1) // B
    if width < 1:
        raise ValueError(f"ids: got {len(ids)} symbols, expected at least B + 1 = {B + 1}")
    inputs = np.asarray(ids[: B * width]).reshape(B, width).T
    targets = np.asarray(ids[1 : B * width + 1]).reshape(B, width).T
    return [(inputs[t : t + T], targets[t : t + T]) for t in range(0, width, T)]


def pad_batch(seqs: Sequence[np.ndarray], pad: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Put sequences side by side, filled up with `pad` at their ends: ids (T, B) and lengths (B,).

    seqs: arrays of integers.

    >>> pad_batch([np.array([1, 2]), np.array([3])])[0]
    array([[1, 3],
           [2, 0]])
    """
    if not len(seqs):
        raise ValueError("seqs: got none, expected at least one sequence")
    lengths = np.array([len(s) for s in seqs])
    ids = np.full((max(int(lengths.max()), 1), len(seqs)), pad, dtype=np.int64)
    for j, s in enumerate(seqs):
        if np.ndim(s) != 1 or (len(s) and not np.issubdtype(np.asarray(s).dtype, np.integer)):
            raise ValueError(f"seqs: got {np.shape(s)} of {np.asarray(s).dtype} at {j}, expected (N,) of integers")
        ids[: len(s), j] = s
    return ids, lengths


def shifted(seqs: Sequence[np.ndarray], bos: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what a language model reads and what it is to predict: inputs, targets and mask, each (T, B).

    seqs: strings, each with its EOS at the end if its length varies. Inputs are BOS and the string without its last
    symbol; targets are the string. The mask is false at padding; BOS is never a target.
    bos: number of the symbol that is read first.
    """
    targets, lengths = pad_batch(seqs)
    inputs = np.vstack([np.full((1, len(seqs)), bos), targets[:-1]])
    return inputs, targets, np.arange(len(targets))[:, None] < lengths


def length_batches(lengths: Sequence[int], B: int, rng: np.random.Generator | None = None) -> list[np.ndarray]:
    """Cut indices into batches of B of like length, so that there is little padding. With rng: in a random order.

    Sequences are shuffled first, then sorted by length, so that equal lengths meet in other company each time; every
    sequence is in exactly one batch, and the last batch may be short.
    """
    (B,) = check_sizes(B=B)
    order = np.arange(len(lengths)) if rng is None else rng.permutation(len(lengths))
    order = order[np.argsort(np.asarray(lengths)[order], kind="stable")]
    batches = [order[k : k + B] for k in range(0, len(order), B)]
    return batches if rng is None else [batches[k] for k in rng.permutation(len(batches))]
