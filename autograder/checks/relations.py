"""How a wrong array is related to the right one: the simple things that a mistake does to all of it.

A relation is told in words and never gives an expected number away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from autograder.checks.compare import RTOL, agree

__all__ = ["relation", "same_as"]

NEAR = RTOL
DIGITS = 1e-4
"""What agrees so far, and not as it should, was rounded on its way."""


def relation(
    got: np.ndarray, want: np.ndarray, axes: str, sizes: Mapping[str, int], others: Mapping[str, np.ndarray]
) -> str:
    """Return what `got` is of `want`, or nothing:

    "whole" (its fractions were cut off), "complex", "rounded", "zero", "factor -1", "factor 0.5", "factor T",
    "factor 1/T" or "factor 1/T*B" (with names of sizes, or of an output that is one number), "transposed", "output
    NAME" (it is another output), "reversed", "late" or "early" (by one time step), "from T" or "until T" (the first or
    the last time step alone is right), "row" (rows of the batch in another order), "one row" (the same in all places),
    "from B" (the first row alone is right); of one number, when it is nothing else, "more" or "less".

    axes: a letter for each axis, or nothing. sizes: those of the call. others: the other outputs that were expected.
    """
    if not got.size or got.shape != want.shape or not np.all(np.isfinite(want)):
        return ""
    if found := _kind(got, want):
        return found
    if np.any(want):
        if not np.any(got):
            return "zero"
        if found := _factor(got, want, dict(sizes) | dict(_counts(others))):
            return found
    if got.size < 2:
        return "more" if np.real(got) > np.real(want) else "less"
    if not np.any(want):
        return ""
    if want.ndim == 2 and want.shape[0] == want.shape[1] and agree(got, want.T, NEAR):
        return "transposed"
    if named := same_as(got, others):
        return f"output {named}"
    if len(axes) != want.ndim:
        return ""
    return _in_time(got, want, axes) or _in_rows(got, want, axes)


def same_as(got: np.ndarray, others: Mapping[str, np.ndarray]) -> str:
    """Return the name of the output that `got` is, if it is one."""
    fitting = (name for name, other in others.items() if other.size > 1 and other.shape == got.shape)
    return next((name for name in fitting if agree(got, others[name], NEAR)), "")


def _kind(got: np.ndarray, want: np.ndarray) -> str:
    """Return what kind of numbers it holds, where that is what is wrong."""
    if got.size > 1 and got.dtype.kind in "iub" and not np.array_equal(want, np.round(want)):
        return "whole"
    if got.dtype.kind == "c" and np.any(np.imag(got)) and want.dtype.kind != "c":
        return "complex"
    return "rounded" if agree(got, want, DIGITS) else ""


def _counts(others: Mapping[str, np.ndarray]) -> Iterator[tuple[str, int]]:
    """Yield the outputs that are one whole number."""
    for name, other in others.items():
        if other.size == 1 and other.dtype.kind in "iu":
            yield name, int(other.reshape(()))


def _factor(got: np.ndarray, want: np.ndarray, sizes: Mapping[str, int]) -> str:
    """Return the one number by which all of it is off: by the name of a size where it is one.

    Any one number is so many times another. There only a size, the sign and the number 2 say something.
    """
    square = float(np.vdot(want, want).real)
    if square == 0:  # nothing is a multiple of zero
        return ""
    factor = float(np.vdot(want, got).real) / square
    if not np.isfinite(factor) or abs(factor) < NEAR or not agree(got, factor * want, NEAR):
        return ""
    named = dict(sorted(sizes.items(), key=lambda item: "TB".find(item[0]) % 3))
    if {"T", "B"} <= named.keys():
        named["T*B"] = named["T"] * named["B"]
    for name, size in named.items():
        for sign, mark in ((1, ""), (-1, "-")):
            for text, value in ((name, size), (f"1/{name}", 1 / size if size else 0)):
                if size > 2 and abs(factor - sign * value) < NEAR * abs(value):
                    return f"factor {mark}{text}"
    plain = any(abs(factor - value) < NEAR for value in (-1, 2, 0.5, -2, -0.5))
    return f"factor {factor:.3g}" if got.size > 1 or plain else ""


def _in_time(got: np.ndarray, want: np.ndarray, axes: str) -> str:
    """Return how time is wrong, in arrays whose first axis it is."""
    if axes[0] != "T" or len(want) < 3:
        return ""
    if agree(got, want[::-1], NEAR):
        return "reversed"
    if agree(got[1:], want[:-1], NEAR):
        return "late"
    if agree(got[:-1], want[1:], NEAR):
        return "early"
    right = _right(got, want)
    if right[0] and not any(right[1:]):
        return "from T"
    return "until T" if right[-1] and not any(right[:-1]) else ""


def _in_rows(got: np.ndarray, want: np.ndarray, axes: str) -> str:
    """Return how the rows of the batch are wrong."""
    if axes.count("B") != 1 or want.shape[axes.index("B")] < 2 or want.size == want.shape[axes.index("B")]:
        return ""
    got, want = (np.moveaxis(array, axes.index("B"), 0) for array in (got, want))
    places = [next((k for k, row in enumerate(want) if agree(one, row, NEAR)), None) for one in got]
    found = [place for place in places if place is not None]
    if len(found) == len(places):
        return "one row" if len(set(found)) == 1 else "row" if found != sorted(found) else ""
    return "from B" if places[0] == 0 and not any(_right(got[1:], want[1:])) else ""


def _right(got: np.ndarray, want: np.ndarray) -> list[bool]:
    scale = np.abs(want).max(initial=0.0)
    return [bool(np.all(np.abs(a - b) <= NEAR * scale)) for a, b in zip(got, want)]
