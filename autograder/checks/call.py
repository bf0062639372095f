"""Calling a student's function, wherever it lives, and telling what happened.

An ordinary function is called here, on fresh copies. A proxy of the judge (`call_remote`) is called in the
student's own process. Cases cannot tell the difference.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograder.inside.torch_module import run_module
from autograder.inside.values import Raised, describe, is_data, is_tensor, unchanged

__all__ = ["Reply", "call", "call_module"]


class Reply(NamedTuple):
    """What came back: the value, the positions of the arguments changed in place, and the exception or None."""

    value: Any
    changed: tuple[int, ...] = ()
    error: Raised | None = None


def call_module(function: Callable, args, state, inputs, upstream, seconds: float | None = None) -> Reply:
    """Return what `run_module` (autograder.inside.torch_module) gives for the torch module of `function(*args)`."""
    if hasattr(function, "module_remote"):
        return function.module_remote(args, state, inputs, upstream, seconds)
    try:
        return Reply(run_module(function, args, state, inputs, upstream))
    except (Exception, SystemExit) as error:
        return Reply(None, (), describe(error))


def call(function: Callable, args: tuple, seconds: float | None = None) -> Reply:
    """Call `function` on deep copies of the data among `args`; what is not data (a cache, a function) goes as it is.

    seconds: how long the call may take where it is graded, if that is more than usual.
    """
    if hasattr(function, "call_remote"):
        return function.call_remote(args, seconds)
    fresh = tuple(_fresh(arg) for arg in args)
    try:
        value = function(*fresh)
    except (Exception, SystemExit) as error:
        return Reply(None, (), describe(error))
    return Reply(value, tuple(k for k, (old, new) in enumerate(zip(args, fresh)) if not unchanged(old, new)))


def _fresh(value: Any) -> Any:
    """Return a copy of data, with its memory order and write protection; what cannot change or is no data as it is."""
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
    return copy.deepcopy(value) if isinstance(value, np.generic | np.random.Generator) else value
