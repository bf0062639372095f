"""Read a notebook that anybody may have written, and the marks by which nbgrader knows its cells."""

from __future__ import annotations

import json
from typing import Any

from nbformat import NotebookNode, from_dict, v4

__all__ = ["grade_id", "is_solution", "is_test", "read_notebook"]

MAX_BYTES = 64 << 20
MAX_CELLS = 2_000
MAX_PARTS = 1_000_000
MAX_MARK = 10_000
"""Bytes of a file, cells, opening brackets in all, and characters of the metadata of one cell."""

TYPES = {"code": "code", "markdown": "markdown", "raw": "raw", "heading": "markdown"}


def read_notebook(data: bytes) -> NotebookNode:
    """Read the notebook in these bytes, without outputs and attachments: kinds, sources and nbgrader's marks of cells.

    Raises ValueError, in words for the student, if there is none. nbformat's own reader is not asked: to find out
    what is wrong with a broken notebook of 2 MB takes it ten minutes, and a large one takes it gigabytes.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"the file has {len(data) >> 20} MiB; a notebook may have {MAX_BYTES >> 20}")
    if data.count(b"{") + data.count(b"[") > MAX_PARTS:
        raise ValueError(f"the notebook has more than {MAX_PARTS} parts; clear its outputs")
    try:
        raw = json.loads(data)  # UTF-8, with a mark or without, and UTF-16, as an editor of Windows may write it
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
    """Return a cell in the terms of format 4, whatever stands in the file's."""
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
    """Return metadata with one entry alone, and that only if it is an object of plain size."""
    value = metadata.get(key) if isinstance(metadata, dict) else None
    fits = isinstance(value, dict) and len(json.dumps(value)) <= MAX_MARK
    return NotebookNode({key: from_dict(value)} if fits else {})


def grade_id(cell: Any) -> str | None:
    """Return the nbgrader id of a cell, or None. Of a submission this may be anything, so it is looked at with care."""
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    id = mark.get("grade_id") if isinstance(mark, dict) else None
    return id if isinstance(id, str) else None


def is_solution(cell: NotebookNode) -> bool:
    """Return whether this (instructor's) cell is one that students fill."""
    return bool(cell.get("metadata", {}).get("nbgrader", {}).get("solution", False))


def is_test(cell: NotebookNode) -> bool:
    """Return whether this (instructor's) cell is one that gives points."""
    return bool(cell.get("metadata", {}).get("nbgrader", {}).get("grade", False))
