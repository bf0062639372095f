"""One value against another, and the first place where they part. No expected number is ever told."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from autograder.checks.contract import kind_of
from autograder.checks.verdict import Difference

__all__ = ["LOOSE", "RTOL", "agree", "compare", "wrong_entries"]

RTOL = 1e-5
LOOSE = 1e-2
ORDINARY = 1.0
"""Right answers agree to about 1e-14, or 1e-6 where they calculate in float32, and plain mistakes are off by percents.

Cases draw numbers of about this size. A result that happens to be smaller is a difference of such numbers, and is known
as exactly as they are and no more: by float32 to 1e-7. Of exponents in the thousands float32 knows four digits after
the point less; what is wrong there overflows, and LOOSE is enough to see it.
"""


def compare(name: str, got: Any, want: Any, axes: str = "", rtol: float = RTOL) -> Difference | None:
    """Return how `got` differs from `want`, or None if it is the same up to a relative error of `rtol`.

    The measure is the largest entry of `want`, or ORDINARY if all are smaller.

    axes: a letter for each axis of `want` ("TBH"), so that a place can be told as "time step 3, batch row 1".
    """
    if got is None:
        return Difference(name, "none")
    want = np.asarray(want)
    try:
        got = np.asarray(got)
    except Exception:
        return Difference(name, "type", kind_of(got), want.shape)
    if got.dtype.kind not in "biufc":
        return Difference(name, "dtype", got.dtype.name, want.shape)
    if got.shape != want.shape:
        return Difference(name, "shape", got.shape, want.shape, _hint(got, want, axes, rtol))
    if agree(got, want, rtol, ORDINARY):
        return None
    wrong, ratio, finite = _apart(got, want, rtol)
    ratio = 0.0 if want.dtype.kind in "biu" else ratio
    largest = ratio if np.isfinite(ratio) else str(ratio)
    first = tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong)), wrong.shape)) if wrong.ndim else ()
    kind, count = "value" if finite else "not-finite", int(wrong.sum())
    return Difference(name, kind, None, want.shape, "", first, axes, count, wrong.size, largest)


def wrong_entries(got: np.ndarray, want: np.ndarray, rtol: float = RTOL) -> np.ndarray:
    """Return which entries are wrong, by the measure of `compare`; those that are not finite, where they should be."""
    return _apart(got, want, rtol)[0]


def _apart(got: np.ndarray, want: np.ndarray, rtol: float) -> tuple[np.ndarray, float, bool]:
    """Return which entries are wrong, the largest error by the measure, and whether all is finite that should be."""
    finite = not want.size or bool(np.all(np.isfinite(got)) or not np.all(np.isfinite(want)))
    with np.errstate(all="ignore"):  # infinity may be what was expected
        error = np.where(got == want, 0.0, np.abs(got - want))
    scale = _largest(want, ORDINARY)
    return ~(error <= rtol * scale) if finite else ~np.isfinite(got), float(error.max() / scale), finite


def _largest(array: np.ndarray, least: float) -> float:
    """Return the size of the largest finite entry, but at least `least`; 1 where all are zero."""
    return max(float(np.abs(array[np.isfinite(array)]).max(initial=0.0)), least) or 1.0


def _hint(got: np.ndarray, want: np.ndarray, axes: str, rtol: float) -> str:
    """Return what is wrong with the shape alone, where the values are right."""
    if got.size != want.size:
        return ""
    if agree(got.reshape(want.shape), want, rtol, ORDINARY):
        return "reshaped"
    if got.ndim != want.ndim or not 2 <= got.ndim <= 4:
        return ""
    if axes[:2] == "TB" and agree(got.swapaxes(0, 1), want, rtol, ORDINARY):
        return "batch-first"
    if agree(got.T, want, rtol, ORDINARY):
        return "transposed"
    orders = itertools.permutations(range(got.ndim))
    return "axes" if any(agree(got.transpose(order), want, rtol, ORDINARY) for order in orders) else ""


def agree(left: Any, right: Any, rtol: float = 1e-6, least: float = 0.0) -> bool:
    """Return whether two outputs, whatever they are, are the same up to a relative error.

    The measure is the largest entry at right, or `least` if all are smaller.
    """
    if left is None or right is None:
        return left is None and right is None
    try:
        left, right = np.asarray(left), np.asarray(right)
        if left.shape != right.shape:
            return False
        if not right.size or (left.dtype == right.dtype and left.tobytes() == right.tobytes()):
            return True
        with np.errstate(all="ignore"):
            scale = _largest(right, least)
            near = (np.abs(left - right) <= rtol * scale) | (left == right) | (np.isnan(left) & np.isnan(right))
        return bool(np.all(near))
    except Exception:
        return False
