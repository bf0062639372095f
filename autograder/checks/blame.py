"""Which earlier function of the student's own, that a later one needs, is to be mended first.

It is seen by the names that functions use: what is called under another name, or passed as an argument, is not.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import CodeType
from typing import Any

from autograder.checks.exercises import exercises, load_cases
from autograder.checks.verdict import Verdict

__all__ = ["blame", "names_in_code", "names_in_source"]

LONGEST = 100_000
"""Characters of a cell that is read."""


def blame(verdict: Verdict, uses: Mapping[str, Iterable[str]], earlier: Mapping[str, Callable[[], Verdict]]) -> Verdict:
    """Return the verdict with the earliest wrong function that the exercise needs, if there is one.

    uses: the names that each function uses. earlier: what tells the verdict on each exercise before this one, in order.
    """
    if verdict.exercise not in exercises() or verdict.case is None or verdict.diagnosis == "not-implemented":
        return verdict
    callers = _reached(load_cases(verdict.exercise).FUNCTIONS, uses)
    for name, told in earlier.items():
        if name in callers and name != verdict.exercise and _explains(told(), verdict):
            return replace(verdict, blamed=(name, callers[name]))
    return verdict


def names_in_source(source: str) -> dict[str, set[str]]:
    """Return the names that each function of a cell uses; none where it is no plain Python, or far too long."""
    if len(source) > LONGEST:
        return {}
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # whatever the parser makes of a student's text
        return {}
    return {
        node.name: {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def names_in_code(functions: Mapping[str, Any], scope: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the names that functions use, and those that these use, as far as they are in `scope`."""
    found, left = {}, dict(functions)
    while left:
        name, function = left.popitem()
        found[name] = set(_names(getattr(function, "__code__", None)))
        left |= {one: scope[one] for one in found[name] if one in scope and one not in found}
    return found


def _names(code: CodeType | None) -> Iterable[str]:
    if code is not None:
        yield from code.co_names
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                yield from _names(constant)


def _reached(functions: Iterable[str], uses: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return all that the functions need, each with the one that uses it; the functions themselves with none."""
    callers = dict.fromkeys(functions, "")
    left = list(callers)
    while left:
        caller = left.pop(0)
        new = dict.fromkeys(sorted(set(uses.get(caller, ())) - callers.keys()), caller)
        callers |= new
        left += new
    return callers


def _explains(earlier: Verdict, verdict: Verdict) -> bool:
    """Return whether the earlier function is so wrong: one that fails at a demand alone explains no more than that."""
    return not earlier.passed and (earlier.share == 0 or verdict.share > 0)
