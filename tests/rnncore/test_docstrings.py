"""Docstrings: every parameter of a public function is named, and every example is run.

The rooms in `OPEN` still have functions that leave a parameter unnamed, so many each: the number may fall and not rise,
and a room that is not listed has none.
"""

import doctest
import importlib
import inspect
import pkgutil
import re
from collections import Counter

import numpy as np
import pytest

import rnncore

MODULES = sorted(
    found.name for found in pkgutil.walk_packages(rnncore.__path__, "rnncore.") if not found.name.endswith("__main__")
)
SPECIAL = {"self", "cls", "args", "kwargs"}
OPEN: dict[str, int] = {"tasks": 4}


def functions(module):
    """Yield (name, function, docstring) of the public functions and methods; a class's docstring counts for both."""
    for name in getattr(module, "__all__", ()):
        thing = getattr(module, name)
        if getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(thing):
            yield name, thing, inspect.getdoc(thing) or ""
        elif inspect.isclass(thing):
            for key, value in vars(thing).items():
                function = getattr(value, "__func__", value)
                if not key.startswith("_") and inspect.isfunction(function):
                    yield f"{name}.{key}", function, f"{inspect.getdoc(function)}\n{inspect.getdoc(thing)}"


def unnamed():
    """Yield (room, function, parameters that its docstring does not name)."""
    for full in MODULES:
        for name, function, told in functions(importlib.import_module(full)):
            parameters = [p for p in inspect.signature(function).parameters if p not in SPECIAL and p[0] != "_"]
            lacking = [p for p in parameters if not re.search(rf"(?<![A-Za-z0-9]){re.escape(p)}(?![A-Za-z0-9])", told)]
            if lacking:
                yield full.split(".")[1], f"{full}.{name}", lacking


def test_every_parameter_of_a_public_function_is_named():
    found = list(unnamed())
    counts = Counter(room for room, _, _ in found)
    more = {room: count for room, count in counts.items() if count > OPEN.get(room, 0)}
    assert not more, [f"{name}: {lacking}" for room, name, lacking in found if room in more]
    assert counts == Counter(OPEN), "fewer are unnamed now: lower the numbers in OPEN"


@pytest.mark.parametrize("name", MODULES)
def test_every_example_gives_what_it_says(name):
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        pytest.skip(str(error))
    with np.printoptions():
        result = doctest.testmod(module, extraglobs={"np": np})
    assert result.failed == 0


def test_the_front_and_the_numbers_have_examples():
    examples = sum(">>>" in told for full in MODULES for _, _, told in functions(importlib.import_module(full)))
    assert examples >= EXAMPLES


EXAMPLES = 19
"""How many functions have an example: raise it with every new one."""
