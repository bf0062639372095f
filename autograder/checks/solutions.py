"""The functions of the solution files, by exercise: the ground on which wrong and right answers stand."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from autograder.checks.exercises import load_cases

__all__ = ["SOLUTIONS", "assignments", "solution_functions", "solution_scope", "solution_text", "surroundings"]

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"


def assignments() -> dict[str, list[str]]:
    """Assignment name -> its exercises, in the order of the file."""
    return {
        path.stem: re.findall(r'^# %%.*\bcheck="(\w+)"', path.read_text(), flags=re.M)
        for path in sorted(SOLUTIONS.glob("ch*.py"))
    }


@cache
def solution_scope(assignment: str) -> dict:
    """The namespace that a solution file leaves, its checks not run."""
    path = SOLUTIONS / f"{assignment}.py"
    scope: dict = {"__name__": assignment}
    cells = re.split(r"^(?=# %%)", path.read_text(), flags=re.M)
    for cell in cells:
        head, _, body = cell.partition("\n")
        if "[markdown]" in head or "check=" in head or "answer=" in head:
            continue
        source = re.search(r'source="([\w.]+):(\w+)"', head)
        if source:
            scope[source[2]] = getattr(importlib.import_module(source[1]), source[2])
        else:
            exec(compile(body, str(path), "exec"), scope)
    return scope


@cache
def _home(exercise: str) -> str:
    for assignment, names in assignments().items():
        if exercise in names:
            return assignment
    raise ValueError(f"exercise: got {exercise!r}, expected one that a file in solutions/ checks")


def solution_functions(exercise: str) -> dict[str, Callable]:
    """What `check` is given for this exercise, taken from the solution file."""
    scope = solution_scope(_home(exercise))
    return {name: scope[name] for name in load_cases(exercise).FUNCTIONS}


def surroundings(exercise: str) -> dict:
    """The namespace in which the exercise is solved: that of its assignment, solved."""
    return solution_scope(_home(exercise))


@cache
def solution_text(exercise: str) -> str:
    """The exercise's cell in its solution file, without the two lines that fence the solution."""
    text = (SOLUTIONS / f"{_home(exercise)}.py").read_text(encoding="utf-8")
    cell = re.search(rf'^# %%.*\bexercise="{exercise}".*\n((?:(?!# %%).*\n)*)', text, flags=re.M)
    assert cell is not None
    return re.sub(r"^ *### (?:BEGIN|END) SOLUTION\n", "", cell[1], flags=re.M).strip() + "\n"
