"""Where the cases live, and the wrong and right answers beside them."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType

__all__ = ["ROOT", "Answer", "answers", "exercises", "load_cases"]

ROOT = Path(__file__).resolve().parent.parent / "cases"


@dataclass(frozen=True)
class Answer:
    """A known answer. name: the file's stem. summary: the first line of its docstring, which is what a student reads.

    diagnosis: what a wrong answer must be recognised as: its own name, or that in a docstring line `Diagnosis: ...`.
    share: what it earns of the points, by a docstring line `Share: ...`; nothing without one.
    """

    name: str
    summary: str
    diagnosis: str
    path: Path
    share: float = 0.0

    def functions(self, base: dict[str, Callable]) -> dict[str, Callable]:
        """The functions of this answer, over `base` for those it does not define itself."""
        scope: dict = dict(base)
        exec(_compiled(self.path), scope)
        return {name: scope[name] for name in base}


@cache
def _compiled(path: Path) -> CodeType:
    return compile(path.read_text(), str(path), "exec")


@cache
def exercises() -> tuple[str, ...]:
    """Names of all exercises that have cases."""
    return tuple(sorted(path.parent.name for path in ROOT.glob("*/cases.py")))


@cache
def load_cases(exercise: str) -> ModuleType:
    """The module of cases of an exercise. Raises ValueError, listing the names there are, for an unknown one."""
    if exercise not in exercises():
        raise ValueError(f"exercise: got {exercise!r}, expected one of {', '.join(exercises())}")
    return importlib.import_module(f"autograder.cases.{exercise}.cases")


@cache
def answers(exercise: str, kind: str) -> tuple[Answer, ...]:
    """The wrong or the right answers of an exercise; kind is "wrong" or "right"."""
    found = []
    for path in sorted((ROOT / exercise).glob(f"{kind}_*.py")):
        doc = ast.get_docstring(ast.parse(path.read_text()))
        if not doc:
            raise ValueError(f"{path.name}: got no docstring, expected one that says what it does, for the student")
        other = re.search(r"^Diagnosis: (\S+)", doc, flags=re.M)
        share = re.search(r"^Share: (\S+)", doc, flags=re.M)
        found.append(Answer(path.stem, doc.splitlines()[0], other[1] if other else path.stem, path,
                            float(share[1]) if share else 0.0))  # fmt: skip
    return tuple(found)
