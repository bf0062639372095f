"""The assignments of the course, and the functions of their solutions: the ground on which known answers stand."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from autograder import percent
from autograder.checks.exercises import load_cases
from autograder.percent import Assignment

__all__ = [
    "SOLUTIONS",
    "assignment",
    "assignments",
    "folder",
    "home",
    "solution_functions",
    "solution_scope",
    "solution_text",
    "surroundings",
]


def folder() -> Path:
    """Return where the assignments lie: inside this package where it is installed, beside it in the repository."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "solutions"
    return installed if installed.is_dir() else package.parent / "solutions"


SOLUTIONS = folder()


def assignments() -> dict[str, list[str]]:
    """Return the exercises of each assignment by its name, in the order of the file."""
    return {path.stem: list(assignment(path.stem).points) for path in sorted(SOLUTIONS.glob("ch*.py"))}


@cache
def assignment(name: str) -> Assignment:
    """Return the assignment of this name, read once. Raise ValueError where its file is not as it should be."""
    return percent.read(SOLUTIONS / f"{name}.py")


@cache
def solution_scope(name: str) -> dict:
    """Return the namespace that an assignment's code leaves, its checks not run."""
    scope: dict = {"__name__": name}
    for cell in assignment(name).code:
        lines = "\n" * cell.line + cell.source  # so that a traceback names the file's own line
        exec(compile(lines, str(assignment(name).path), "exec"), scope)
    return scope


@cache
def home(exercise: str) -> str:
    """Return the name of the assignment that an exercise is of. Raise ValueError where there is none."""
    for name, exercises in assignments().items():
        if exercise in exercises:
            return name
    raise ValueError(f"exercise: got {exercise!r}, expected one that a file in solutions/ checks")


def solution_functions(exercise: str) -> dict[str, Callable]:
    """Return what `check` is given for this exercise, taken from the solution file."""
    scope = solution_scope(home(exercise))
    return {name: scope[name] for name in load_cases(exercise).FUNCTIONS}


def surroundings(exercise: str) -> dict:
    """Return the namespace in which the exercise is solved: that of its assignment, solved."""
    return solution_scope(home(exercise))


def solution_text(exercise: str) -> str:
    """Return the source of the exercise's solution, without the two lines that fence it."""
    return assignment(home(exercise)).solution(exercise).unfenced
