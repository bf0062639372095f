"""What a verdict depends on besides the submission: the code that judges it, and the exercises of its assignment.

Which files those are is read off the imports, so there is no list to forget. Comments and docstrings do not count.
"""

from __future__ import annotations

import ast
import hashlib
import re
from functools import cache
from pathlib import Path

from autograder.checks.library import ROOT as CASES
from autograder.checks.solutions import SOLUTIONS

__all__ = ["files", "read", "version"]

ROOT = Path(__file__).resolve().parents[2]
JUDGE = ROOT / "autograder/judge/grading.py"
INSIDE = ROOT / "autograder/inside"
"""Where judging begins, and all that the sandbox shows."""


@cache
def version(assignment: str, source: str) -> str:
    """A hash of all that decides a verdict of this assignment. source: the text of the instructor's notebook.

    A file of Python counts by its syntax tree. Of the known answers, and of all else that lies beside the cases, every
    byte counts: their docstrings are read by students.
    """
    digest = hashlib.sha256()
    for path in files(assignment, source):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        is_answer = path.parent.parent == CASES and path.name != "cases.py"
        digest.update(path.read_bytes() if is_answer or path.suffix != ".py" else read(path)[0])
    return digest.hexdigest()[:16]


def files(assignment: str, source: str) -> list[Path]:
    """The files that decide a verdict: the judge, cases and known answers of the exercises, the solution they stand on.

    And whatever those import from this repository, wherever in the file. A function that an exercise is given, and that
    is an exercise itself, is checked with that one's cases.
    """
    solution, roots = SOLUTIONS / f"{assignment}.py", {JUDGE, *INSIDE.rglob("*.py")}
    roots |= {solution} if solution.is_file() else set()
    asked, exercises = re.findall(r"check\(\\*[\"'](\w+)", source), set[str]()
    while asked:
        exercise = asked.pop()
        cases = CASES / exercise / "cases.py"
        if exercise not in exercises and cases.is_file():
            exercises.add(exercise)
            roots |= {path for path in cases.parent.iterdir() if path.is_file()}
            asked += re.findall(r"\w+", "".join(re.findall(r"^FUNCTIONS = (.*)", cases.read_text(), flags=re.M)))
    found, left = set[Path](), list(roots)
    while left:
        path = left.pop()
        if path not in found:
            found.add(path)
            left += read(path)[1] if path.suffix == ".py" else ()
    return sorted(found)


@cache
def read(path: Path) -> tuple[bytes, tuple[Path, ...]]:
    """What a file of Python means, without comments, docstrings and layout, and the files that it imports from here.

    An assignment's file names modules in the heads of its cells, too.
    """
    text = path.read_text(encoding="utf-8")
    tree, names = ast.parse(text), set(re.findall(r'^# %%.* source="([\w.]+):', text, flags=re.M))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            here = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            base = ".".join([*here, *([node.module] if node.module else [])])
            names |= {base} | {f"{base}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body[:1] = []
    imported = set[Path]()
    for parts in (name.split(".") for name in names if name.startswith(("autograder.", "rnncore"))):
        imported |= {ROOT.joinpath(*parts[:k], "__init__.py") for k in range(1, len(parts) + 1)}
        imported.add(ROOT.joinpath(*parts).with_suffix(".py"))
    return ast.dump(tree).encode(), tuple(path for path in imported if path.is_file())
