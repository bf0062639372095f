"""A class to try the grader on: right, differently right, wrong in named ways, hostile, and broken submissions.

Each is handed in as a student would, and its deserved score is written down before anything is graded.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.build import release_notebook
from autograder.checks import run_check, solutions
from autograder.checks.blame import names_in_code
from autograder.checks.known_answers import Answer, answers, load_cases
from autograder.checks.solutions import assignments, solution_scope
from autograder.course import Course
from autograder.gradebook.gradebook import scores
from autograder.quality.sample_submission import SAMPLES, assignment_of, earned, samples, submission_notebook

__all__ = ["from_library", "make", "verify"]

FIRST = "ch01_rnn"


def make(course: Course, only: Sequence[str] = ()) -> dict[str, dict]:
    """Write the submissions and, beside them, what each deserves: {"student/assignment": {"score", "what"}}.

    only: hand in to these assignments alone. The hostile go where their exercise is, the unreadable to the first.
    """
    deserved: dict[str, dict] = {}
    chosen = only or course.assignments()
    paths = samples() if FIRST in chosen or SAMPLES.is_dir() else []  # an installed package has none, and says so
    handmade = [(path, path.read_text(encoding="utf-8")) for path in paths]
    for assignment in chosen:
        source = course.source(assignment)
        for student, text, score, what in from_library(assignment, source):
            _hand_in(course, student, assignment, submission_notebook(text, release_notebook(source)))
            deserved[f"{student}/{assignment}"] = {"score": score, "what": what}
    for path, text in handmade:
        if (assignment := assignment_of(text)) in chosen:
            student, source = path.stem.replace("_", "-"), course.source(assignment)
            _hand_in(course, student, assignment, submission_notebook(text, release_notebook(source)))
            what = text.split('"""')[1].splitlines()[0]
            deserved[f"{student}/{assignment}"] = {"score": earned(text, _points(source)), "what": what}
    for student, content, what in _unreadable() if FIRST in chosen else ():
        path = course.notebook("submitted", FIRST, student)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
        deserved[f"{student}/{FIRST}"] = {"score": 0.0, "what": what}
    (course.root / "sample_class.json").write_text(json.dumps(deserved, indent=1), encoding="utf-8")
    return deserved


def verify(course: Course) -> list[str]:
    """Compare the gradebook with what each submission deserves. Return a line for each that got something else."""
    deserved = json.loads((course.root / "sample_class.json").read_text(encoding="utf-8"))
    got = {"/".join(key): score for key, (score, _) in scores(course).items()}
    return [
        f"{name}: got {got.get(name)}, deserves {entry['score']} ({entry['what']})"
        for name, entry in deserved.items()
        if got.get(name) != entry["score"]
    ]


def from_library(assignment: str, source: NotebookNode):
    """Yield (student, submission, score, what it is).

    They are solved, solved in other styles, with one named mistake each, and untouched. Beside a mistake, a training
    that is built on it is left as it was released: by chance it may learn all the same.
    """
    points = _points(source)
    total, exercises = sum(points.values()), assignments()[assignment]
    own = {cell.id: cell.source for cell in source.cells if cell.id in points}
    short = assignment.split("_")[0]
    yield f"ada-{short}", _submission(own), total, "all solved"
    yield f"bo-{short}", _submission({}), 0.0, "handed in untouched"
    for k in range(2):
        free = [name for name in exercises if not _built_on(name, assignment) and len(_alone(name)) > k]
        styles = {name: _body(_alone(name)[k]) for name in free}
        yield f"right-{k + 1}-{short}", _submission({**own, **styles}), total, "solved in another style"
    for name in exercises:
        wrong = answers(name, "wrong")
        chosen = wrong[len(name) % len(wrong)]
        left = {other for other in _built_on(name, assignment) if hasattr(load_cases(other), "SECONDS")}
        answered = {other: body for other, body in own.items() if other not in left}
        text = _submission({**answered, name: _body(chosen)})
        lost = sum(points[other] for other in {name, *left, *_spoilt(chosen, name, assignment)})
        earned = total - lost + round(points[name] * chosen.share, 4)
        yield f"wrong-{name.replace('_', '-')}", text, earned, f"{name}: {chosen.name}"


def _built_on(exercise: str, assignment: str) -> set[str]:
    """Return the exercises of the assignment whose solution or check goes through this one, by whatever given function.

    They cannot come out right where it is wrong, and they read the cache that it leaves.
    """
    scope, found = solution_scope(assignment), set()
    for name in assignments()[assignment]:
        asked = {each: scope[each] for each in load_cases(name).FUNCTIONS}
        if name != exercise and exercise in names_in_code(asked, scope):
            found.add(name)
    return found


def _spoilt(answer: Answer, exercise: str, assignment: str) -> set[str]:
    """Return what is built on the exercise and does not come out right with this answer; what trains is not asked.

    A backward pass that is checked through a forward pass reads its cache, which may be right though its result is not.
    """
    scope: dict[str, Any] = {"__name__": assignment}
    for cell in solutions.assignment(assignment).code:
        exec(_body(answer) if (cell.kind, cell.name) == ("exercise", exercise) else cell.source, scope)
    built = [name for name in _built_on(exercise, assignment) if not hasattr(load_cases(name), "SECONDS")]
    own = {name: tuple(scope[each] for each in load_cases(name).FUNCTIONS) for name in built}
    return {name for name in built if not run_check(name, own[name]).passed}


def _alone(exercise: str) -> list[Answer]:
    """Return right answers that define nothing else: two in one notebook do not get in each other's way."""
    own = [load_cases(exercise).FUNCTIONS[-1]]
    return [a for a in answers(exercise, "right") if re.findall(r"^(?:def|class) (\w+)", a.text, flags=re.M) == own]


def _points(source: NotebookNode) -> dict[str, float]:
    """Return the points of each exercise; what a person gives points to is not among them."""
    marks = [cell.metadata.get("nbgrader", {}) for cell in source.cells]
    return {
        mark["grade_id"].removesuffix("-check"): float(mark["points"])
        for mark in marks
        if mark.get("grade") and mark["locked"]
    }


def _submission(bodies: dict[str, str]) -> str:
    cells = [
        f'# %% exercise="{name}"\n{re.sub(r"^# %%", "#  %%", body, flags=re.M)}\n' for name, body in bodies.items()
    ]
    return '"""Made from the library."""\n\n' + "\n".join(cells)


def _body(answer: Answer) -> str:
    """Return a known answer without a docstring of its own, which would tell."""
    tree = ast.parse(answer.text)
    start = tree.body[0].end_lineno if ast.get_docstring(tree) else 0
    return "\n".join(answer.text.splitlines()[start:]).strip()


def _unreadable():
    yield "unreadable-torn", '{"cells": [', "a file that is no notebook"
    yield "unreadable-binary", b"\x89PNG\r\n\x1a\n\x00\xff".decode("latin-1"), "a picture named .ipynb"
    yield "unreadable-empty", "", "an empty file"
    yield "unreadable-deep", '{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}", "a file nested a hundred thousand deep"
    yield (
        "unreadable-old",
        json.dumps({"nbformat": 2, "nbformat_minor": 0, "metadata": {}, "worksheets": []}),
        "an old format",
    )
    yield (
        "unreadable-no-cells",
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}}),
        "a notebook without cells",
    )
    yield "unreadable-names", _with_odd_ids(), "cells whose grade ids look like others in Unicode"


def _with_odd_ids() -> str:
    """Make a notebook whose ids only look right: full-width letters, a zero-width space, a letter of another script."""
    mark = {"grade": True, "points": 100, "schema_version": 3, "locked": False}
    mark |= {"solution": False, "task": False, "cell_type": "code"}
    cells = [
        {
            "cell_type": "code",
            "id": f"odd-{k}",
            "source": "100",
            "outputs": [],
            "execution_count": None,
            "metadata": {"nbgrader": {"grade_id": name, **mark}},
        }
        for k, name in enumerate(["ｒnn_step-check", "rnn_step-check\u200b", "rnn_ѕtep-check"])
    ]
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "../evil"}}, "cells": cells}
    )


def _hand_in(course: Course, student: str, assignment: str, notebook: NotebookNode) -> None:
    path = course.notebook("submitted", assignment, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, nbformat.writes(notebook))


def _write(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text(encoding="utf-8", errors="replace") != text:
        path.write_text(text, encoding="utf-8")
