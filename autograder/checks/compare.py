"""One value against another, and the first place where they part, in words. No expected number is ever in the words."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = ["RTOL", "Difference", "agree", "compare"]

RTOL = 1e-7
"""Right answers agree to about 1e-14 and plain mistakes are off by percents: nothing lies between."""

STEP_NAMES = {"T": "time step", "B": "batch row", "H": "unit", "D": "input", "K": "row of the vocabulary"}


class Difference(NamedTuple):
    """Why a value is not the expected one. kind is one of none, type, shape, not-finite, value."""

    kind: str
    text: str


def compare(name: str, got: Any, want: Any, axes: str = "", rtol: float = RTOL) -> Difference | None:
    """None if `got` is `want` up to a relative error of `rtol`, the largest entry of `want` being the measure.

    axes: a letter for each axis of `want` ("TBH"), so that a place can be told as "time step 3, batch row 1".
    """
    if got is None:
        return Difference("none", f"{name} is None. Is a `return` missing, or a variable never filled?")
    want = np.asarray(want)
    try:
        got = np.asarray(got)
    except Exception:
        return Difference("type", f"{name} is a {type(got).__name__}; expected an array of shape {want.shape}")
    if got.dtype.kind not in "biufc":
        return Difference(
            "type", f"{name} holds {got.dtype.name} values; expected an array of numbers of shape {want.shape}"
        )
    if got.shape != want.shape:
        hint = ""
        if got.size == want.size and _close(got.reshape(want.shape), want, rtol):
            hint = " Its values are right: only the shape is not."
        elif got.size == want.size and got.T.shape == want.shape and _close(got.T, want, rtol):
            hint = " It is the transpose of what was expected."
        return Difference("shape", f"{name} has shape {got.shape}; expected {want.shape}.{hint}")
    if want.size and not np.all(np.isfinite(got)) and np.all(np.isfinite(want)):
        place = _place(~np.isfinite(got), axes)
        return Difference("not-finite", f"{name} has NaN or infinity{place}")
    if _close(got, want, rtol):
        return None
    with np.errstate(all="ignore"):  # infinity may be what was expected
        error = np.where(got == want, 0.0, np.abs(got - want))
    scale = np.abs(want[np.isfinite(want)]).max(initial=0.0) or 1.0
    wrong = ~(error <= rtol * scale)
    share = "everywhere" if wrong.all() else f"in {wrong.sum()} of {wrong.size} entries"
    return Difference(
        "value",
        f"{name} differs {share}; the largest relative error is {error.max() / scale:.2g}, "
        f"and the first difference is{_place(wrong, axes) or ' in the number itself'}",
    )


def agree(left: Any, right: Any, rtol: float = 1e-6) -> bool:
    """Are two outputs the same, whatever they are? Used to tell one mistake from another."""
    if left is None or right is None:
        return left is None and right is None
    try:
        left, right = np.asarray(left), np.asarray(right)
        return left.shape == right.shape and _close(left, right, rtol)
    except Exception:
        return False


def _close(got: np.ndarray, want: np.ndarray, rtol: float) -> bool:
    if not want.size or (got.dtype == want.dtype and got.tobytes() == want.tobytes()):
        return True
    with np.errstate(all="ignore"):
        scale = np.abs(want[np.isfinite(want)]).max(initial=0.0) or 1.0
        return bool(np.all((np.abs(got - want) <= rtol * scale) | (got == want) | (np.isnan(got) & np.isnan(want))))


def _place(wrong: np.ndarray, axes: str) -> str:
    """' at time step 3 (counted from 0), batch row 1' for the first True entry."""
    if not wrong.ndim:
        return ""
    index = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    if len(axes) == len(index):
        return (
            " at "
            + ", ".join(f"{STEP_NAMES.get(a, 'axis ' + a)} {i}" for a, i in zip(axes, index))
            + " (counted from 0)"
        )
    return f" at index {tuple(int(i) for i in index)}"
