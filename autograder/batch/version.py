"""What a verdict depends on besides the submission: the judge's rooms, and the exercises of its assignment."""

from __future__ import annotations

import hashlib
import re
from functools import cache

from autograder.checks.exercises import ROOT, exercises
from autograder.checks.solutions import SOLUTIONS
from autograder.rooms import meaning, reached, sources

__all__ = ["version"]


@cache
def version(assignment: str, source: str) -> str:
    """Return a hash of all that decides a verdict of this assignment. source: the text of the instructor's notebook.

    That is the judge with the rooms that it needs, the solution, and of each exercise the cases, with what these import
    of rnncore, and the known answers. Of code its meaning counts; of what lies beside the cases every byte, since a
    student reads a known mistake's sentence.
    """
    digest, cases, answers = hashlib.sha256(), [], []
    for exercise in sorted(_asked(source)):
        cases.append(ROOT / exercise / "cases.py")
        answers += [path for path in sorted(cases[-1].parent.iterdir()) if path.is_file() and path != cases[-1]]
    solution = [path for path in (SOLUTIONS / f"{assignment}.py",) if path.is_file()]
    for path in (*sources("judge"), *solution, *cases, *reached(cases, "rnncore", "autograder.cases")):
        digest.update(path.name.encode() + b"\0" + meaning(path))
    for path in answers:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _asked(source: str) -> set[str]:
    """Return the exercises that a notebook checks, and those that these are checked with: a backward pass's forward."""
    asked, found = re.findall(r"check\(\\*[\"'](\w+)", source), set[str]()
    while asked:
        exercise = asked.pop()
        if exercise in exercises() and exercise not in found:
            found.add(exercise)
            text = (ROOT / exercise / "cases.py").read_text(encoding="utf-8")
            asked += re.findall(r"\w+", "".join(re.findall(r"^FUNCTIONS = (.*)", text, flags=re.M)))
    return found
