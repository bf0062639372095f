"""Assignments: a percent file, as autograder.percent reads it, becomes the instructor's notebook and the students'."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import nbformat
from nbformat import NotebookNode, v4
from nbgrader.preprocessors import ClearOutput, ClearSolutions, ComputeChecksums, LockCells

from autograder import percent
from autograder.checks.book import reread, shown
from autograder.checks.demands import announcement
from autograder.checks.exercises import ROOT, exercises, load_cases
from autograder.checks.solutions import SOLUTIONS, assignments
from autograder.course import Course
from autograder.percent import Assignment, Cell
from autograder.sandbox import Limits

__all__ = ["build", "release_notebook", "source_notebook"]

NEEDED = ("FUNCTIONS", "EQUATION", "PAGE", "cases")
"""What the cases of an exercise must say for it to be graded, told and shown."""
MARKED = ("exercise", "check", "given", "answer")
"""Cells that nbgrader knows by name."""
GOES_ON = "raises-exception"
"""The tag of a cell after whose exception Jupyter's "Run All Cells" goes on: a check that fails stops nobody."""
CONFIG = '''"""Settings of nbgrader for this course; formgrader and nbgrader's own commands read them from here."""

from pathlib import Path
from typing import Any, cast

root = Path(__file__).resolve().parent
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "rnn"
c.CourseDirectory.root = str(root)
said = root / "database"
c.CourseDirectory.db_url = said.read_text().strip() if said.exists() else f"sqlite:///{root / 'gradebook.db'}"
c.Exchange.root = str(root / "exchange")
c.Autograde.autograde_preprocessors = [
    "autograder.judge.preprocessor.JudgeExecute",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.JudgeExecute.secret_file = str(root / "secret")
c.JudgeExecute.source_folder = str(root / "source")
c.AssignLatePenalties.plugin_class = "autograder.gradebook.late_policy.LatePolicy"
own = root / "own_config.py"  # your settings, c.LatePolicy.per_day = 0.1 for example; nothing overwrites that file
if own.exists():
    exec(compile(own.read_text(), str(own), "exec"))
'''


def build(course: Course) -> list[Path]:
    """Write source and release notebooks of all assignments, and nbgrader's settings. Returns the release notebooks.

    Equal sources give equal bytes. A file that would not change is not touched.
    Raises FileNotFoundError where there is no assignment, ValueError for one that is not as it should be, for an
    exercise that could not be graded, and for a file beside the assignments that would be passed over.
    """
    names = list(assignments())
    if not names:
        raise FileNotFoundError(f"no assignment to build: {SOLUTIONS} holds no file ch*.py")
    _all_there(names)
    course.secret()
    _write(course.root / "nbgrader_config.py", CONFIG)
    released = []
    for name in names:
        source = source_notebook(SOLUTIONS / f"{name}.py")
        _write(course.notebook("source", name), nbformat.writes(source) + "\n")
        released.append(course.notebook("release", name))
        _write(released[-1], nbformat.writes(release_notebook(source)) + "\n")
    return released


def _all_there(names: Sequence[str]) -> None:
    """Raise ValueError for what would be built in silence and then give a right answer nothing."""
    if strange := sorted(path.name for path in SOLUTIONS.glob("*.py") if path.stem not in names):
        raise ValueError(f"{SOLUTIONS}: got {strange[0]}, expected files of assignments, whose names begin with ch")
    for name in names:
        for exercise in percent.read(SOLUTIONS / f"{name}.py").points:
            if exercise not in exercises():
                raise ValueError(f"{name}.py: got the exercise {exercise!r}, expected cases in {ROOT / exercise}")
            if missing := [one for one in NEEDED if not hasattr(load_cases(exercise), one)]:
                raise ValueError(f"{ROOT / exercise}/cases.py: got no {missing[0]}, expected {', '.join(NEEDED)}")


def source_notebook(path: Path) -> NotebookNode:
    """Make the instructor's notebook of a percent file: solutions in, nbgrader's marks on every cell that matters.

    Cells that students fill bear the checksum of their released text: by that nbgrader knows one left as it was.
    Raises ValueError, naming file and line, for what autograder.percent refuses, and for limits that are none.
    """
    assignment = percent.read(path)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = v4.new_notebook(metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    if assignment.limits:
        _check_limits(assignment)
        notebook.metadata["rnn_course"] = {"limits": assignment.limits}
    for number, cell in enumerate(assignment.cells):
        if cell.kind == "notice":  # `check` shows it
            continue
        make = v4.new_markdown_cell if cell.markdown else v4.new_code_cell
        marks: dict[str, Any] = {"nbgrader": _mark(cell)} if cell.kind in MARKED else {}
        if cell.kind == "check":
            marks["tags"] = [GOES_ON]
        notebook.cells.append(
            make(_announced(assignment.cells, number), id=cell.id or f"text-{number}", metadata=marks)
        )
    for cell, released in zip(notebook.cells, release_notebook(notebook).cells):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.metadata["nbgrader"]["checksum"] = released.metadata["nbgrader"]["checksum"]
    return notebook


def release_notebook(source: NotebookNode) -> NotebookNode:
    """Make the students' notebook, by nbgrader's own steps."""
    notebook, resources = copy.deepcopy(source), cast(Any, {})
    for step in (LockCells, ClearSolutions, ClearOutput, ComputeChecksums):
        notebook, _ = step().preprocess(notebook, resources)
    return notebook


def _announced(cells: Sequence[Cell], k: int) -> str:
    """Return the source of a cell, with what is announced of an exercise: in the text before it its level, its
    minutes and what it is asked beyond the plain case, in its docstring what it returns. Hints are folded.
    """
    cell, after = cells[k], next((one for one in cells[k + 1 :] if one.kind not in ("given", "hints")), None)
    if cell.kind == "hints":
        return reread(_folded(cell.hints))
    if cell.markdown and after is not None and after.kind == "exercise" and after.name in exercises():
        points = next(one.points for one in cells if (one.kind, one.name) == ("check", after.name))
        said = "\n\n".join([cell.source, *announcement(load_cases(after.name))])
        return reread(_with_effort(said, after, points))
    if cell.markdown:
        return reread(cell.source)
    known = cell.kind == "exercise" and cell.name in exercises()
    contract = getattr(load_cases(cell.name), "CONTRACT", None) if known else None
    if contract is None:
        return cell.source
    head, mark, rest = cell.source.partition(f"def {cell.name}(")[2].partition('"""')
    doc, end, body = rest.partition('"""')
    said = re.sub(r"Equation: (.*)", lambda found: _sentence(found[1].split(", ")) or found[0], doc)
    lines = "\n    ".join([said.rstrip(), *contract.lines(), ""])
    return f"{cell.source.partition(f'def {cell.name}(')[0]}def {cell.name}({head}{mark}{lines}{end}{body}"


def _with_effort(text: str, exercise: Cell, points: float) -> str:
    """Return the text with what an exercise takes, under the heading that it begins with."""
    if not exercise.minutes:
        return text
    level = {"build": "Build what the book derives", "derive": "Derive it yourself, then build it"}[exercise.level]
    said = f"*{level}. About {exercise.minutes} minutes, {points:g} point{'s' * (points != 1)}.*"
    heading, end, rest = text.partition("\n")
    return f"{heading}\n\n{said}\n{end}{rest.lstrip()}" if heading.startswith("#") else f"{said}\n\n{text}"


def _folded(hints: Sequence[str]) -> str:
    """Return hints as details in details, so that each opens only after the one before it."""
    inner = ""
    for number, hint in reversed(list(enumerate(hints, 1))):
        inner = f"<details><summary>Hint {number} of {len(hints)}</summary>\n\n{hint}\n\n{inner}</details>\n"
    return inner.rstrip()


def _sentence(labels: list[str]) -> str:
    """Return the equations as a sentence."""
    said = shown(labels)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _check_limits(assignment: Assignment) -> None:
    """Raise ValueError where the sandbox has no such limits, or takes no such values."""
    where, line = assignment.path.name, assignment.cells[0].line
    known = [each.name for each in fields(Limits)]
    for name in assignment.limits:
        if name not in known:
            percent.refuse(where, line, f"the limit {name!r}", f"one of {', '.join(known)}")
    try:
        Limits(**assignment.limits)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where}:{line}: limits: {error}") from error


def _mark(cell: Cell) -> dict:
    """Return nbgrader's metadata for a cell, schema 3."""
    graded, filled = cell.kind in ("check", "answer"), cell.kind in ("exercise", "answer")
    mark = {"schema_version": 3, "grade_id": cell.id, "task": False}
    mark |= {"grade": graded, "solution": filled, "locked": not filled}
    return {**mark, "points": cell.points} if graded else mark


def _write(path: Path, text: str) -> None:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
