"""Assignments: one percent file becomes the instructor's notebook and the students' one.

The file's cells say what they are:

    # %% exercise="rnn_step"                                        the answer, fenced by BEGIN/END SOLUTION
    # %% exercise="clip" source="rnncore.train.clip:clip_by_norm"   an answer that is cut out of rnncore
    # %% check="rnn_step" points=4                                  a test cell
    # %% given="rnn_step"                                           code that students get, locked
    # %% [markdown] answer="why" points=2                           words (or code) to which a person gives points

The first cell may say what is special about the assignment, as fields of autograder.sandbox.limits.Limits:

    # %% [markdown] limits={"forbidden": ["jax", "aten::gru"], "cell": 60}
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import textwrap
from pathlib import Path
from typing import Any, cast

import jupytext
import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearOutput, ClearSolutions, ComputeChecksums, LockCells

from autograder.checks.solutions import SOLUTIONS, assignments
from autograder.course import Course
from autograder.sandbox import Limits

__all__ = ["build", "cut", "release_notebook", "source_notebook"]

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
    """
    course.secret()
    _write(course.root / "nbgrader_config.py", CONFIG)
    released = []
    for name in assignments():
        source = source_notebook(SOLUTIONS / f"{name}.py")
        _write(course.notebook("source", name), nbformat.writes(source) + "\n")
        released.append(course.notebook("release", name))
        _write(released[-1], nbformat.writes(release_notebook(source)) + "\n")
    return released


def source_notebook(path: Path) -> NotebookNode:
    """The instructor's notebook of a percent file: solutions in, nbgrader's marks on every cell that matters.

    Cells that students fill bear the checksum of their released text: by that nbgrader knows one left as it was.
    Raises ValueError, naming the file, for an exercise without its test cell or the reverse, an answer without points,
    or a name that is given twice.
    """
    notebook = jupytext.read(path, fmt="py:percent")
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                         "language_info": {"name": "python"}}  # fmt: skip
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    found: dict[str, list[str]] = {"exercise": [], "check": []}
    used: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        role = next((key for key in ("exercise", "check", "given", "answer") if key in cell.metadata), None)
        if "limits" in cell.metadata:
            Limits(**cell.metadata["limits"])
            notebook.metadata["rnn_course"] = {"limits": cell.metadata["limits"]}
        if role is None:
            cell["id"], cell.metadata = f"text-{number}", {}
            continue
        name = str(cell.metadata[role])
        found.get(role, []).append(name)
        if "source" in cell.metadata:
            cell.source = cut(str(cell.metadata["source"]))
        points = cell.metadata.get("points", 0)
        if role == "answer" and not points > 0:
            raise ValueError(f"{path.name}: got answer {name!r} with {points} points, expected more than 0")
        cell["id"] = {"check": f"{name}-check", "given": f"given-{name}"}.get(role, name)
        if cell["id"] in used:
            raise ValueError(f"{path.name}: got the cell {cell['id']!r} twice, expected each name once")
        used.add(cell["id"])
        cell.metadata = {"nbgrader": _mark(cell["id"], role, points)}
    if sorted(found["exercise"]) != sorted(found["check"]):
        raise ValueError(
            f"{path.name}: got exercises {found['exercise']} and checks {found['check']}, expected a pair each"
        )
    for cell, released in zip(notebook.cells, release_notebook(notebook).cells):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.metadata["nbgrader"]["checksum"] = released.metadata["nbgrader"]["checksum"]
    return notebook


def release_notebook(source: NotebookNode) -> NotebookNode:
    """The students' notebook, by nbgrader's own steps."""
    notebook, resources = copy.deepcopy(source), cast(Any, {})
    for step in (LockCells, ClearSolutions, ClearOutput, ComputeChecksums):
        notebook, _ = step().preprocess(notebook, resources)
    return notebook


def cut(reference: str) -> str:
    """The source of `module:function`, its body fenced as a solution. The docstring stays in front of the fence."""
    module, name = reference.split(":")
    text = textwrap.dedent(inspect.getsource(getattr(importlib.import_module(module), name)))
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    first = function.body[1] if ast.get_docstring(function) else function.body[0]
    lines = text.rstrip().splitlines()
    head, body = lines[: first.lineno - 1], lines[first.lineno - 1 :]
    return "\n".join([*head, "    ### BEGIN SOLUTION", *body, "    ### END SOLUTION"])


def _mark(grade_id: str, role: str, points: float) -> dict:
    """nbgrader's metadata, schema 3."""
    graded, filled = role in ("check", "answer"), role in ("exercise", "answer")
    mark = {"schema_version": 3, "grade_id": grade_id, "task": False,
            "grade": graded, "solution": filled, "locked": not filled}  # fmt: skip
    return {**mark, "points": points} if graded else mark


def _write(path: Path, text: str) -> None:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
