"""A submission written as a percent file: short enough to read, and turned into the notebook a student would hand in.

A cell `# %% exercise="rnn_step"` is the student's answer, a cell `# %%` is one the student added, a cell
`# %% check="rnn_step"` is a test cell the student tampered with, and `# %% drop="rnn_step-check"` deletes a cell.
Added cells stand before the first answer. What is not mentioned stays as it was released.
"""

from __future__ import annotations

import ast
import copy
import re

from nbformat import NotebookNode, v4

from autograder.notebook import grade_id, is_solution

__all__ = ["earns", "parse_submission", "submission_notebook"]


def earns(text: str) -> str:
    """What the docstring says the submission deserves: "all", or a number of points."""
    found = re.search(r"^Earns: (\S+)", ast.get_docstring(ast.parse(_docstring(text))) or "", flags=re.M)
    if not found:
        raise ValueError("text: got no line 'Earns: ...' in the docstring, expected one")
    return found[1]


def _docstring(text: str) -> str:
    """The docstring alone: the rest may not compile, which is what some students hand in."""
    return text[: text.index('"""', text.index('"""') + 3) + 3]


def parse_submission(text: str) -> list[tuple[str, str, str]]:
    """(kind, name, source) of each cell; kind is exercise, check, drop or free."""
    cells = []
    for part in re.split(r"^(?=# %%)", text[len(_docstring(text)) :], flags=re.M)[1:]:
        head, _, body = part.partition("\n")
        mark = re.search(r'(exercise|check|drop)="([\w-]+)"', head)
        cells.append((mark[1] if mark else "free", mark[2] if mark else "", body.strip()))
    return cells


def submission_notebook(text: str, release: NotebookNode) -> NotebookNode:
    """The released notebook as this student hands it in."""
    notebook, cells = copy.deepcopy(release), parse_submission(text)
    answers = {name: body for kind, name, body in cells if kind == "exercise"}
    dropped = {name for kind, name, _ in cells if kind == "drop"}
    tampered = [(name + "-check", body) for kind, name, body in cells if kind == "check"]
    added, out = [body for kind, _, body in cells if kind == "free"], []
    free = [v4.new_code_cell(body, id=f"added-{k}") for k, body in enumerate(added)]  # equal texts, equal bytes
    for cell in notebook.cells:
        id = grade_id(cell)
        if id in dropped:
            continue
        if is_solution(cell):
            out, free = out + free, []
            cell.source = answers.get(id or "", cell.source)
        mine = [body for name, body in tampered if name == id]
        if not mine:
            out.append(cell)
        for body in mine:
            twin = copy.deepcopy(cell)
            twin.source, twin.metadata["nbgrader"]["points"] = body, 100
            twin["id"] = f"{cell.get('id', 'cell')}-{len(out)}"
            out.append(twin)
    notebook.cells = out + free
    return notebook
