"""What data is, when it counts as unchanged, and an exception as data: the same words wherever a function is called.

This file runs in a student's notebook, in the judge and in the student's process, so it needs nothing but the standard
library and NumPy.
"""

import builtins
import os
import sys
import traceback
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Raised", "can_change", "describe", "is_data", "is_tensor", "unchanged"]

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OURS = tuple(os.path.join(HERE, room) + os.sep for room in ("inside", "checks"))
OTHERS = ("site-packages", f"{os.sep}lib{os.sep}python", f"{os.sep}cases.py", ".pyx")
"""Files that no student wrote: this package where it calls theirs, libraries, and functions that a case passed in."""


@dataclass(frozen=True)
class Raised:
    """An exception: its type and message, and the innermost line that a student wrote, if there is one.

    source is empty where that line's text is not to be had. No type: `function` returned what a case cannot take apart.
    kinds: the names of Python's own exceptions that it is one of.
    """

    type: str
    message: str = ""
    function: str = ""
    line: int = 0
    source: str = ""
    kinds: str = ""

    @property
    def unwritten(self) -> bool:
        """Whether it is what every function raises as it was released."""
        return self.type == "NotImplementedError" and not self.message


def is_tensor(value: Any) -> bool:
    """Return whether it is a torch tensor; asked without importing torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_data(value: Any) -> bool:
    """Return whether it is an array, a number, a string, or a dict of these.

    That is what is copied for each call. All else is handed back.
    """
    if type(value) is dict:
        return all(type(key) is str and is_data(item) for key, item in value.items())
    return isinstance(value, np.ndarray | np.generic | bool | int | float | str) or is_tensor(value)


def can_change(value: Any) -> bool:
    """Return whether it is data that a function can change in place."""
    return isinstance(value, np.ndarray | dict) or is_tensor(value)


def unchanged(before: Any, after: Any) -> bool:
    """Return whether data is what it was: the same type, dtype and shape, and equal values.

    NaN is equal to NaN, and 0.0 to -0.0.
    What is no data is the student's own to change, and counts as unchanged.
    """
    if before is after or not is_data(before):
        return True
    if type(before) is not type(after):
        return False
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(unchanged(before[key], after[key]) for key in before)
    if not hasattr(before, "dtype"):
        return before == after or (before != before and after != after)
    if before.dtype != after.dtype or before.shape != after.shape:
        return False
    if is_tensor(before):
        before, after = before.detach(), after.detach()
        return bool(((before == after) | ((before != before) & (after != after))).all())
    return before.tobytes() == after.tobytes() or np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")


def describe(error: BaseException) -> Raised:
    """Return the exception as data. Raise nothing, whatever the exception does when it is asked for its text."""
    try:
        message = str(error)[:1000]
    except BaseException:
        message = ""
    name = type(error).__name__[:200]
    kinds = " ".join(each.__name__ for each in type(error).__mro__ if getattr(builtins, each.__name__, None) is each)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith(OURS) and not any(part in frame.filename for part in OTHERS):
            break
    else:
        return Raised(name, message, kinds=kinds)
    return Raised(name, message, frame.name[:200], frame.lineno or 0, (frame.line or "")[:1000], kinds)
