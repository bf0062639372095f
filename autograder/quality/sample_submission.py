"""A submission written as a percent file: short enough to read, and turned into the notebook a student would hand in.

It is read as assignments are. A cell `# %% exercise="rnn_step"` is the student's answer, `# %%` one the student added,
`# %% check="rnn_step" points=100` a test cell the student tampered with, `# %% drop="rnn_step-check"` deletes a cell.
Added cells stand before the first answer. What is not mentioned stays as it was released.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode, v4

from autograder.checks.solutions import home
from autograder.notebook import grade_id, is_solution
from autograder.percent import Cell, cells, preamble

__all__ = ["assignment_of", "earned", "earns", "parse_submission", "samples", "submission_notebook"]

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
KINDS = ("exercise", "check", "drop", "code")


def samples(pattern: str = "*.py") -> list[Path]:
    """Return the submissions written by hand. Raise FileNotFoundError in a package that was installed without them."""
    if not SAMPLES.is_dir():
        raise FileNotFoundError(f"{SAMPLES} is not there: the sample submissions are in the course's repository only")
    return sorted(SAMPLES.glob(pattern))


def earns(text: str) -> str:
    """Return what the docstring says the submission deserves: "all", points, or exercises whose points it earns."""
    found = re.search(r"^Earns: (\S+)", ast.get_docstring(ast.parse(preamble(text))) or "", flags=re.M)
    if not found:
        raise ValueError("text: got no line 'Earns: ...' in the docstring, expected one")
    return found[1]


def earned(text: str, points: Mapping[str, float]) -> float:
    """Return the points that the submission deserves. points: of each exercise."""
    said = earns(text)
    names = {cell.name for cell in parse_submission(text) if cell.kind == "exercise"} if said == "all" else {said}
    return float(said) if said[:1].isdigit() else sum(points[name] for each in names for name in each.split(","))


def assignment_of(text: str) -> str:
    """Return the assignment that the submission's first answer belongs to."""
    return home(next(cell.name for cell in parse_submission(text) if cell.kind == "exercise"))


def parse_submission(text: str) -> list[Cell]:
    """Return the cells of a submission; kind is exercise, check, drop or, for one that was added, code."""
    return list(cells(text, KINDS, "submission"))


def submission_notebook(text: str, release: NotebookNode) -> NotebookNode:
    """Return the released notebook as this student hands it in."""
    notebook, given = copy.deepcopy(release), parse_submission(text)
    answers = {cell.name: cell.source.strip() for cell in given if cell.kind == "exercise"}
    dropped = {cell.name for cell in given if cell.kind == "drop"}
    tampered = [cell for cell in given if cell.kind == "check"]
    added, out = [cell.source.strip() for cell in given if cell.kind == "code"], []
    free = [v4.new_code_cell(body, id=f"added-{k}") for k, body in enumerate(added)]  # equal texts, equal bytes
    for cell in notebook.cells:
        id = grade_id(cell)
        if id in dropped:
            continue
        if is_solution(cell):
            out, free = out + free, []
            cell.source = answers.get(id or "", cell.source)
        mine = [each for each in tampered if each.id == id]
        if not mine:
            out.append(cell)
        for each in mine:
            twin = copy.deepcopy(cell)
            twin.source, twin.metadata["nbgrader"]["points"] = each.source.strip(), each.points
            twin["id"] = f"{cell.get('id', 'cell')}-{len(out)}"
            out.append(twin)
    notebook.cells = out + free
    return notebook
