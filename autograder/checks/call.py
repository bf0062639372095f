"""Calling a student's function, wherever it lives, and telling what happened.

An ordinary function is called here, on fresh copies. A proxy of the judge (`call_remote`) is called in the
student's own process. Cases cannot tell the difference.
"""

from __future__ import annotations

import copy
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograder.inside.torch_module import is_tensor, run_module

__all__ = ["Reply", "call", "call_module", "is_data", "same_bits"]


class Reply(NamedTuple):
    """What came back: the value, the positions of the arguments changed in place, and the error's text or None."""

    value: Any
    changed: tuple[int, ...] = ()
    error: str | None = None


def call_module(function: Callable, args, state, inputs, upstream, seconds: float | None = None) -> Reply:
    """What `run_module` (autograder.inside.torch_module) gives for the torch module that `function(*args)` makes."""
    if hasattr(function, "module_remote"):
        return function.module_remote(args, state, inputs, upstream, seconds)
    try:
        return Reply(run_module(function, args, state, inputs, upstream))
    except Exception as error:
        return Reply(None, (), _describe(error))


def call(function: Callable, args: tuple, seconds: float | None = None) -> Reply:
    """Call `function` on deep copies of the data among `args`; what is not data (a cache, a function) goes as it is.

    seconds: how long the call may take where it is graded, if that is more than usual.
    """
    if hasattr(function, "call_remote"):
        return function.call_remote(args, seconds)
    fresh = tuple(_fresh(arg) for arg in args)
    try:
        value = function(*fresh)
    except Exception as error:
        return Reply(None, (), _describe(error))
    changed = tuple(
        k
        for k, (before, after) in enumerate(zip(args, fresh))
        if before is not after and is_data(before) and not same_bits(before, after)
    )
    return Reply(value, changed)


def is_data(value: Any) -> bool:
    """Is this an array, or a number, or a dict of arrays: something a case drew, rather than a cache or a function?"""
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_data(item) for key, item in value.items())
    return isinstance(value, np.ndarray | np.generic | int | float | str | bool) or is_tensor(value)


def same_bits(left: Any, right: Any) -> bool:
    """Equal to the last bit, NaN equal to NaN."""
    if is_tensor(left) and is_tensor(right):
        left, right = left.detach().numpy(), right.detach().numpy()
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and left.keys() == right.keys()
            and all(same_bits(left[key], right[key]) for key in left)
        )
    if isinstance(left, np.ndarray):
        return (
            isinstance(right, np.ndarray)
            and left.dtype == right.dtype
            and left.shape == right.shape
            and (
                left.tobytes() == right.tobytes()
                or bool(np.array_equal(left, right, equal_nan=left.dtype.kind in "fc"))
            )
        )
    return left == right


def _fresh(value: Any) -> Any:
    """A copy of data with the same memory order and write protection; what cannot change or is no data as it is."""
    if isinstance(value, int | float | str):
        return value
    if isinstance(value, np.ndarray):
        if value.ndim and not (value.flags.c_contiguous or value.flags.f_contiguous):
            wide = np.zeros((*value.shape[:-1], 2 * value.shape[-1]), value.dtype)
            fresh = wide[..., ::2]
            fresh[...] = value
        else:
            fresh = value.copy(order="K")
        fresh.flags.writeable = value.flags.writeable
        return fresh
    if is_tensor(value):
        return value.detach().clone()
    if type(value) is dict and is_data(value):
        return {key: _fresh(item) for key, item in value.items()}
    return copy.deepcopy(value) if is_data(value) or isinstance(value, np.random.Generator) else value


def _describe(error: Exception) -> str:
    """Type, message and the innermost line of the student's code."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
    student = [f for f in frames if "site-packages" not in f.filename] or frames
    where = f", in {student[-1].name}, line {student[-1].lineno}: {student[-1].line}" if student else ""
    return f"{type(error).__name__}: {error}{where}"
