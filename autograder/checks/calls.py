"""A student's functions as a case sees them: each call is on fresh copies, is written down, and its result is checked
against the contract before the case sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.checks.call import call, call_module
from autograder.checks.contract import Contract
from autograder.checks.words import LONGEST
from autograder.inside.values import is_data

__all__ = ["Calls", "StudentError"]

SHOWN = 3
"""So many of a case's calls are told."""


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
