"""What the sources ask of their arguments."""

from __future__ import annotations

from collections.abc import Sized

import numpy as np

__all__ = ["check_equally_many", "check_probabilities"]


def check_probabilities(name: str, rows: np.ndarray) -> None:
    """Check that the last axis of `rows` is a distribution each time.

    name: of the file.
    Raises ValueError, naming the argument, if not.
    """
    if np.size(rows) == 0 or not np.allclose(rows.sum(axis=-1), 1) or (rows < 0).any():
        raise ValueError(f"{name}: got {np.asarray(rows).tolist()}, expected rows of probabilities that sum to 1")


def check_equally_many(**lists: Sized) -> None:
    """Check that all the lists have one length. Raises ValueError, naming them all, if not."""
    lengths = [len(each) for each in lists.values()]
    if len(set(lengths)) > 1:
        raise ValueError(f"{', '.join(lists)}: got {', '.join(map(str, lengths))} of them, expected equally many")
