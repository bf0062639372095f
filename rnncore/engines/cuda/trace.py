"""A cell's functions, run once on names in place of arrays: what they compute comes out as lines of text.

So the equations are not written a second time: the kernels are made of what `forward` and `backward` of a stage do.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

__all__ = ["Tracer", "Value"]

OPERATORS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
}
FUNCTIONS = ("relu", "sigmoid", "tanh", "where")
"""What a stage may call; the kernels have each under the same name."""


class Value:
    """A number of the kernel, by its name. What is done to it is written down."""

    def __init__(self, tracer: Tracer, name: str):
        self.tracer, self.name = tracer, name

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise TypeError("a question whose answer differs from entry to entry, expected `where`")

    def __neg__(self) -> Value:
        return self.tracer.line(f"-{self.name}")

    def __pow__(self, power: Any) -> Value:
        if not isinstance(power, int) or power < 1:
            raise TypeError(f"a power of {power!r}, expected a whole number, at least 1")
        return self.tracer.line(" * ".join([self.name] * power))


def _operator(symbol: str, swapped: bool) -> Callable[[Value, Any], Value]:
    def method(self: Value, other: Any) -> Value:
        left, right = self.name, self.tracer.text(other)
        return self.tracer.line(f"{right} {symbol} {left}" if swapped else f"{left} {symbol} {right}")

    return method


for _name, _symbol in OPERATORS.items():
    setattr(Value, f"__{_name}__", _operator(_symbol, swapped=False))
    if _symbol in "+-*/":
        setattr(Value, f"__r{_name}__", _operator(_symbol, swapped=True))


class Tracer:
    """Collects `lines`, each of which gives one value a name."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def values(self, names: Sequence[str]) -> tuple[Value, ...]:
        """Return the values that have these names already."""
        return tuple(Value(self, name) for name in names)

    def line(self, expression: str) -> Value:
        """Write a line down, and return its value.

        expression: of the source.
        """
        name = f"v{len(self.lines)}"
        self.lines.append(f"{name} = {expression}")
        return Value(self, name)

    def text(self, value: Any) -> str:
        """Return a value by its name; a number so that it has the kernel's dtype in full."""
        if isinstance(value, Value):
            return value.name
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = value if isinstance(value, int) else float(value)  # NumPy's are floats, too, and print otherwise
            return repr(value) if float(value).is_integer() else f"tl.full([1], {value!r}, F)"
        raise TypeError(f"a {type(value).__name__} among the numbers")

    def run(self, function: Callable, *args: Any) -> Any:
        """Return what the function returns for these arguments.

        Raises ValueError when it cannot be traced, saying why.
        """
        if not isinstance(function, FunctionType):
            raise ValueError(f"cell: got {function!r}, expected a plain function")
        known: dict[str, Any] = {name: self._call(name) for name in FUNCTIONS}
        traced = FunctionType(
            function.__code__,
            {**function.__globals__, **known},
            function.__name__,
            function.__defaults__,
            function.__closure__,
        )
        used = inspect.getclosurevars(function).globals.items()
        strange = [key for key, value in used if key in known and getattr(value, "__module__", "") != "rnncore.ops"]
        try:
            if strange:
                raise TypeError(f"{strange} are not those of rnncore.ops")
            return traced(*args)
        except Exception as error:  # whatever the function does that arrays can do and these values cannot
            raise ValueError(
                f"cell: got {function.__name__}, which does more than arithmetic and {list(FUNCTIONS)}: {error}"
            ) from error

    def _call(self, name: str) -> Callable[..., Value]:
        return lambda *args: self.line(f"{name}({', '.join(map(self.text, args))})")
