"""How a wrong array is related to the right one: the simple things that a mistake does to all of it.

A relation is told in words and never gives an expected number away.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autograder.checks.compare import agree

__all__ = ["relation"]

NEAR = 1e-6


def relation(
    got: np.ndarray, want: np.ndarray, axes: str, sizes: Mapping[str, int], others: Mapping[str, np.ndarray]
) -> str:
    """Return what `got` is of `want`, or nothing: "zero", "factor -1", "factor 0.5", "factor T" or "factor 1/T" (with
    the name of a size), "transposed", "reversed", "late" or "early" (by one time step), "row" (rows of the batch in
    another order), "from T" or "until T" (the first or the last time step alone is right), "output NAME" (it is another
    output).

    axes: a letter for each axis, or nothing. sizes: those of the call. others: the other outputs that were expected.
    """
    if got.size < 2 or got.shape != want.shape or not np.any(want) or not np.all(np.isfinite(want)):
        return ""
    if not np.any(got):
        return "zero"
    if found := _factor(got, want, sizes):
        return found
    if want.ndim == 2 and want.shape[0] == want.shape[1] and agree(got, want.T, NEAR):
        return "transposed"
    if named := next(
        (name for name, other in others.items() if other.shape == got.shape and agree(got, other, NEAR)), ""
    ):
        return f"output {named}"
    return _in_time(got, want) if axes.startswith("T") and len(want) > 2 else _in_rows(got, want, axes)


def _factor(got: np.ndarray, want: np.ndarray, sizes: Mapping[str, int]) -> str:
    """Return the one number by which all of it is off: by the name of a size where it is one."""
    factor = float(np.vdot(want, got).real / np.vdot(want, want).real)
    if not np.isfinite(factor) or abs(factor) < NEAR or not agree(got, factor * want, NEAR):
        return ""
    for name, size in sorted(sizes.items(), key=lambda item: "TB".find(item[0]) % 3):
        for sign, mark in ((1, ""), (-1, "-")):
            for text, value in ((name, size), (f"1/{name}", 1 / size if size else 0)):
                if size > 2 and abs(factor - sign * value) < NEAR * abs(value):
                    return f"factor {mark}{text}"
    return f"factor {factor:.3g}"


def _in_time(got: np.ndarray, want: np.ndarray) -> str:
    """Return how time is wrong, in arrays whose first axis it is."""
    if agree(got, want[::-1], NEAR):
        return "reversed"
    if agree(got[1:], want[:-1], NEAR):
        return "late"
    if agree(got[:-1], want[1:], NEAR):
        return "early"
    scale = np.abs(want).max()
    right = [bool(np.all(np.abs(a - b) <= NEAR * scale)) for a, b in zip(got, want)]
    if right[0] and not any(right[1:]):
        return "from T"
    return "until T" if right[-1] and not any(right[:-1]) else ""


def _in_rows(got: np.ndarray, want: np.ndarray, axes: str) -> str:
    """Return whether the rows of the batch stand in another order."""
    if axes[:1] != "B" or len(want) < 2:
        return ""
    places = [next((k for k, row in enumerate(want) if agree(one, row, NEAR)), -1) for one in got]
    return "row" if -1 not in places and places != sorted(places) else ""
