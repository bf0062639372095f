"""Put a submission together again: the instructor's notebook is the skeleton, the student's own cells are the flesh.

Of a submission only two things are kept: the source of its solution cells, and cells that the student added.
Tests, given cells and all metadata come from the instructor.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

__all__ = ["grade_id", "is_solution", "is_test", "read_notebook", "reassemble"]

MAX_BYTES = 20_000_000
MAX_CELLS = 2_000
MISSING = "# The cell `{}` was missing from the submission."


def read_notebook(data: bytes) -> NotebookNode:
    """The notebook in these bytes. Raises ValueError, in words for the student, if there is none."""
    if len(data) > MAX_BYTES:
        raise ValueError(f"the file has {len(data) >> 20} MiB; a notebook may have {MAX_BYTES >> 20}")
    try:
        raw = json.loads(data.decode("utf-8"))
        notebook = nbformat.reads(json.dumps(raw), as_version=4)
        cells = notebook.cells
    except (Exception, RecursionError) as error:
        raise ValueError(f"the file is not a readable notebook ({type(error).__name__})") from error
    if not isinstance(cells, list) or len(cells) > MAX_CELLS:
        raise ValueError(f"the notebook has no list of cells, or more than {MAX_CELLS}")
    return notebook


def reassemble(submission: NotebookNode | None, source: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """(notebook to run, remarks for the student). `submission` None stands for one that could not be read.

    Source cells keep their order; a cell that the student added stays after the cell it followed.
    """
    known = {grade_id(cell) for cell in source.cells} - {None}
    remarks: list[str] = []
    own, added, seen = _sort(submission.cells if submission is not None else [], known, remarks)
    out = v4.new_notebook(metadata=copy.deepcopy(source.metadata))
    out.nbformat_minor = source.get("nbformat_minor", 5)
    out.cells += added.pop(None, [])
    for cell in source.cells:
        id = grade_id(cell)
        fresh = copy.deepcopy(cell)
        if fresh.cell_type == "code":
            fresh.outputs, fresh.execution_count = [], None
        if is_solution(cell):  # the instructor's answer may stand here: it never goes into the student's process
            fresh.source = own.get(id, MISSING.format(id) if cell.cell_type == "code" else "")
        if submission is not None and id is not None and id not in seen and (is_solution(cell) or is_test(cell)):
            kind = "test" if is_test(cell) and not is_solution(cell) else "answer"
            remarks.append(f"The {kind} cell {id} was missing" + (" and was put back." if kind == "test" else "."))
        out.cells.append(fresh)
        out.cells += added.pop(id, []) if id is not None else []
    _number(out)
    return out, remarks


def grade_id(cell: Any) -> str | None:
    """The nbgrader id of a cell, or None. Of a submission this may be anything, so it is looked at with care."""
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    id = mark.get("grade_id") if isinstance(mark, dict) else None
    return id if isinstance(id, str) else None


def is_solution(cell: NotebookNode) -> bool:
    """Is this (instructor's) cell one that students fill?"""
    return bool(cell.get("metadata", {}).get("nbgrader", {}).get("solution", False))


def is_test(cell: NotebookNode) -> bool:
    """Is this (instructor's) cell one that gives points?"""
    return bool(cell.get("metadata", {}).get("nbgrader", {}).get("grade", False))


def _sort(cells: list, known: set, remarks: list[str]) -> tuple[dict, dict, set]:
    """Sources by id, added cells by the id of the known cell before them, and all ids seen."""
    own: dict[str, str] = {}
    added: dict[str | None, list[NotebookNode]] = {}
    counts: Counter[str] = Counter()
    last = None
    for cell in cells:
        if not isinstance(cell, dict):
            continue
        source, id = cell.get("source"), grade_id(cell)
        source = source if isinstance(source, str) else ""
        if id is not None and id in known:
            counts[id] += 1
            last = id
            own.setdefault(id, source)
        elif cell.get("cell_type") == "code":
            added.setdefault(last, []).append(v4.new_code_cell(source))
        elif cell.get("cell_type") == "markdown":
            added.setdefault(last, []).append(v4.new_markdown_cell(source))
    remarks += [f"The cell {id} stands there {n} times; the first one counts." for id, n in counts.items() if n > 1]
    return own, added, set(counts)


def _number(notebook: NotebookNode) -> None:
    """Cell ids that are unique and the same each time."""
    used = {cell.get("id") for cell in notebook.cells if grade_id(cell) is not None}
    for k, cell in enumerate(notebook.cells):
        if grade_id(cell) is None or cell.get("id") is None:
            id = f"cell-{k}"
            while id in used:
                id += "x"
            cell["id"] = id
            used.add(id)
