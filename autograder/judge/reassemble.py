"""Put a submission together again: the instructor's notebook is the skeleton, the student's own cells are the flesh.

Of a submission only two things are kept: the source of its solution cells, and cells that the student added.
Tests, given cells and all metadata come from the instructor.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from typing import Any

from nbformat import NotebookNode, from_dict, v4

__all__ = ["grade_id", "is_solution", "is_test", "read_notebook", "reassemble"]

MAX_BYTES = 20_000_000
MAX_CELLS = 2_000
MAX_PARTS = 1_000_000
MAX_MARK = 10_000
"""Bytes of a file, cells, opening brackets in all, and characters of the metadata of one cell."""

TYPES = {"code": "code", "markdown": "markdown", "raw": "raw", "heading": "markdown"}
MISSING = "# The cell `{}` was missing from the submission."


def read_notebook(data: bytes) -> NotebookNode:
    """The notebook in these bytes, without outputs and attachments: its cells' kinds, sources and nbgrader's marks.

    Raises ValueError, in words for the student, if there is none. nbformat's own reader is not asked: to find out
    what is wrong with a broken notebook of 2 MB takes it ten minutes, and a large one takes it gigabytes.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"the file has {len(data) >> 20} MiB; a notebook may have {MAX_BYTES >> 20}")
    if data.count(b"{") + data.count(b"[") > MAX_PARTS:
        raise ValueError(f"the notebook has more than {MAX_PARTS} parts; clear its outputs")
    try:
        raw = json.loads(data.decode("utf-8"))
        sheets = [raw] if raw["nbformat"] == 4 else raw["worksheets"]  # those are of format 3
        cells = [cell for sheet in sheets for cell in sheet["cells"] if isinstance(cell, dict)]
        notebook = v4.new_notebook(metadata=_only(raw.get("metadata"), "rnn_course"))
        notebook.cells = [_cell(cell, k) for k, cell in enumerate(cells[:MAX_CELLS]) if cell.get("cell_type") in TYPES]
    except Exception as error:
        raise ValueError(f"the file is not a readable notebook ({type(error).__name__})") from error
    if len(cells) > MAX_CELLS:
        raise ValueError(f"the notebook has more than {MAX_CELLS} cells")
    return notebook


def _cell(raw: dict, number: int) -> NotebookNode:
    """A cell in the terms of format 4, whatever stands in the file's."""
    kind = TYPES[raw["cell_type"]]
    parts = raw.get("source", raw.get("input", ""))
    parts = parts if isinstance(parts, list) else [parts]
    source = "".join(part for part in parts if isinstance(part, str)).encode("utf-8", "replace").decode()
    cell = NotebookNode(cell_type=kind, id=f"cell-{number}", source=source)
    cell.metadata = _only(raw.get("metadata"), "nbgrader")
    if kind == "code":
        cell.update(outputs=[], execution_count=None)
    return cell


def _only(metadata: Any, key: str) -> NotebookNode:
    """One entry of metadata, if it is an object of plain size."""
    value = metadata.get(key) if isinstance(metadata, dict) else None
    fits = isinstance(value, dict) and len(json.dumps(value)) <= MAX_MARK
    return NotebookNode({key: from_dict(value)} if fits else {})


def reassemble(submission: NotebookNode | None, source: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """(notebook to run, remarks for the student). `submission` None stands for one that could not be read.

    Source cells keep their order; a cell that the student added stays after the cell it followed.
    """
    known = {grade_id(cell) for cell in source.cells} - {None}
    remarks: list[str] = []
    given = Counter(cell.source for cell in source.cells if grade_id(cell) is None)
    own, added, seen = _sort(submission.cells if submission is not None else [], known, given, remarks)
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


def _sort(cells: list, known: set, given: Counter[str], remarks: list[str]) -> tuple[dict, dict, set]:
    """Sources by id, added cells by the id of the known cell before them, and all ids seen.

    given: the instructor's cells without an id; what the student has of them unchanged was not added.
    """
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
        elif given[source] > 0:
            given[source] -= 1
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
