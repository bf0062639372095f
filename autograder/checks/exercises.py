"""Which exercises there are, and the cases of each."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from types import ModuleType

__all__ = ["ROOT", "exercises", "load_cases"]

ROOT = Path(__file__).resolve().parent.parent / "cases"


@cache
def exercises() -> tuple[str, ...]:
    """Return the names of all exercises that have cases."""
    return tuple(sorted(path.parent.name for path in ROOT.glob("*/cases.py")))


@cache
def load_cases(exercise: str) -> ModuleType:
    """Return the module of cases of an exercise. Raise ValueError, listing the names there are, for an unknown one."""
    if exercise not in exercises():
        raise ValueError(f"exercise: got {exercise!r}, expected one of {', '.join(exercises())}")
    return importlib.import_module(f"autograder.cases.{exercise}.cases")
