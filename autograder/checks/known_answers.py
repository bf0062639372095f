"""The known answers of each exercise, wrong and right, beside its cases.

A known answer is a file `wrong_NAME.py` or `right_NAME.py`: a docstring, and what stands in the student's cell.
A wrong answer that differs little from the solution is one line of `mistakes.toml`:

    NAME = ["What a student who makes this mistake reads.", "text of the solution", "what stands in its place"]

There may be several such pairs of texts. What is replaced must stand exactly once in the solution's cell, its fence
lines left out. At the end may stand `{ diagnosis = "OTHER", share = 0.4 }`, either of them or both.
"""

from __future__ import annotations

import ast
import itertools
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import CodeType
from typing import Any

from autograder.checks.exercises import ROOT, exercises, load_cases
from autograder.checks.solutions import solution_text, surroundings

__all__ = ["ROOT", "Answer", "answers", "exercises", "load_cases", "read_mistakes"]


@dataclass(frozen=True)
class Answer:
    """A known answer. name: a file's stem, wrong_NAME for a line of mistakes.toml. summary: what a student reads.

    diagnosis: what a wrong answer must be recognised as: its own name, or the one it gives.
    share: what it earns of the points; nothing where it does not say. edits: pairs (text of the solution, new text);
    none for a file.
    """

    exercise: str
    name: str
    summary: str
    diagnosis: str
    share: float = 0.0
    edits: tuple[tuple[str, str], ...] = ()

    @cached_property
    def text(self) -> str:
        """Return the source of the answer. Raise ValueError for a text that the solution does not have exactly once."""
        if not self.edits:
            return (ROOT / self.exercise / f"{self.name}.py").read_text(encoding="utf-8")
        text, new = solution_text(self.exercise), dict(self.edits)
        for old in new:
            if text.count(old) != 1:
                found = f"found {text.count(old)} times in the solution, expected exactly once"
                raise ValueError(f"{self.exercise}, {self.name}: {found}: {old!r}")
        text, count = re.subn("|".join(map(re.escape, new)), lambda found: new[found[0]], text)
        if count != len(self.edits):
            raise ValueError(f"{self.exercise}, {self.name}: got texts that overlap, expected them apart: {list(new)}")
        return text

    @cached_property
    def _code(self) -> CodeType:
        return compile(self.text, f"<{self.exercise}, {self.name}>", "exec")

    def functions(self, base: dict[str, Callable]) -> dict[str, Callable]:
        """Return the functions of this answer, over `base` for those it does not define itself.

        It runs like a cell in the notebook of its assignment, after all the others.
        """
        scope: dict = {**surroundings(self.exercise), **base}
        exec(self._code, scope)
        return {name: scope[name] for name in base}


@cache
def answers(exercise: str, kind: str) -> tuple[Answer, ...]:
    """Return the wrong or the right answers of an exercise, by name; kind is "wrong" or "right"."""
    found = [_from_file(exercise, path) for path in (ROOT / exercise).glob(f"{kind}_*.py")]
    mistakes = ROOT / exercise / "mistakes.toml"
    if kind == "wrong" and mistakes.is_file():
        found += read_mistakes(exercise, mistakes.read_text(encoding="utf-8"))
    found.sort(key=lambda answer: answer.name)
    for one, other in itertools.pairwise(found):
        if one.name == other.name:
            raise ValueError(f"{exercise}, {one.name}: got it as a file and in mistakes.toml, expected one of them")
    return tuple(found)


def _from_file(exercise: str, path: Path) -> Answer:
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    if not doc:
        raise ValueError(f"{exercise}, {path.stem}: got no docstring, expected one that says what it does")
    said = {"Diagnosis": path.stem, "Share": 0.0, **dict(re.findall(r"^(Diagnosis|Share): (\S+)", doc, flags=re.M))}
    return Answer(exercise, path.stem, doc.splitlines()[0], said["Diagnosis"], float(said["Share"]))


def read_mistakes(exercise: str, text: str) -> list[Answer]:
    """Return the wrong answers in the text of a mistakes.toml.

    Raise ValueError, naming the exercise and the mistake.
    """
    try:
        lines = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{exercise}, mistakes.toml: {error}") from None
    return [_mistake(exercise, f"wrong_{name}", line) for name, line in lines.items()]


def _mistake(exercise: str, name: str, line: Any) -> Answer:
    words = list(line) if isinstance(line, list) else []
    more = words.pop() if words and isinstance(words[-1], dict) else {}
    if len(words) < 3 or len(words) % 2 == 0 or not all(isinstance(word, str) for word in words):
        raise ValueError(f"{exercise}, {name}: got {line!r}, expected a sentence and pairs of texts")
    if not words[0].strip():
        raise ValueError(f"{exercise}, {name}: got an empty sentence, expected what the student reads")
    if "" in words[1::2]:
        raise ValueError(f"{exercise}, {name}: got an empty text to replace, expected one of the solution")
    if unknown := sorted(more.keys() - {"diagnosis", "share"}):
        raise ValueError(f"{exercise}, {name}: got {', '.join(unknown)}, expected nothing but diagnosis and share")
    edits = tuple(zip(words[1::2], words[2::2]))
    return Answer(exercise, name, words[0], more.get("diagnosis", name), more.get("share", 0.0), edits)
