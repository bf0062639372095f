"""A student's functions as a case sees them, wherever they live, and what was called.

An ordinary function is called here, on fresh copies. A proxy of the judge (`call_remote`) is called in the student's
own process. Cases cannot tell the difference. Each call is written down, and its result is checked against the contract
before the case sees it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from autograder.checks.contract import Contract
from autograder.checks.words import LONGEST
from autograder.inside.torch_module import run_module
from autograder.inside.values import Raised, describe, is_data, is_tensor, unchanged

__all__ = ["Calls", "Reply", "StudentError", "call", "call_module"]

SHOWN = 3
"""So many of a case's calls are told."""


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


class StudentError(Exception):
    """A student's function raised; its one argument says what and where, as values.Raised."""


@dataclass
class Calls:
    """The functions of one case, by name, and what was called. contracts: what each has to return."""

    functions: Mapping[str, Callable]
    contracts: Mapping[str, Contract]
    seconds: float | None = None
    made: list[tuple[str, tuple, str]] = field(default_factory=list)
    inputs: list[tuple[str, tuple]] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)

    def call(self, name: str, *args: Any) -> Any:
        """Call one of the functions. Raise StudentError for what it raised, Broken for what is not as declared."""
        self.made.append((name, args, ""))
        contract = self.contracts.get(name)
        if contract is not None:
            self.sizes.update(contract.sizes(args))
        reply = call(self.functions[name], args, self.seconds)
        if reply.error is not None:
            raise StudentError(reply.error)
        takes = [] if contract is None else [*contract.takes]
        self.changed += [f"{takes[k] if k < len(takes) else f'argument {k + 1}'} of {name}" for k in reply.changed]
        return reply.value if contract is None else contract.check(args, reply.value, self.sizes)

    def module(self, name: str, args=(), state=None, inputs=(), upstream=()) -> dict[str, Any]:
        """Run a torch module, see autograder.inside.torch_module.run_module."""
        shapes = ", ".join(_shape(each) for each in inputs)
        self.made.append((name, args, f" forward on {shapes}, and back"))
        self.inputs.append((name, tuple(inputs)))
        if name in self.contracts:
            self.sizes.update(self.contracts[name].sizes(inputs))
        reply = call_module(self.functions[name], args, state or {}, inputs, upstream, self.seconds)
        if reply.error is not None:
            raise StudentError(reply.error)
        return reply.value

    def shown(self) -> tuple[str, ...]:
        """Return the last calls in words."""
        return tuple(f"{n}({', '.join(self._told(n, args))}){more}" for n, args, more in self.made[-SHOWN:])

    def _told(self, name: str, args: tuple) -> list[str]:
        """Return the arguments in words. What the student's own function made is their cache, whatever it is."""
        takes = [*self.contracts[name].takes] if name in self.contracts else []
        return ["cache" if takes[k : k + 1] == ["cache"] else _shape(arg) for k, arg in enumerate(args)]


def _shape(arg: Any) -> str:
    if isinstance(arg, np.ndarray):
        return str(arg.shape)
    if isinstance(arg, bool | int | float | str) or arg is None:
        return repr(arg)[:LONGEST]
    if isinstance(arg, dict) and arg and is_data(arg):
        return f"a dict of {len(arg)}"
    if isinstance(arg, list) and all(map(is_data, arg)):
        return f"a list of {len(arg)}"
    if isinstance(arg, tuple) and all(map(is_data, arg)):
        return f"({', '.join(map(_shape, arg))})"
    if isinstance(arg, np.random.Generator):
        return "rng"
    return "a function" if callable(arg) else "cache"
