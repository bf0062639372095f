"""Put a submission together again: the instructor's notebook is the skeleton, the student's own cells are the flesh.

Of a submission only two things are kept: the source of its solution cells, and cells that the student added.
Tests, given cells and all metadata come from the instructor.
"""

from __future__ import annotations

import copy
from collections import Counter

from nbformat import NotebookNode, v4

from autograder.judge.sanitise import harmless
from autograder.notebook import grade_id, is_solution, is_test

__all__ = ["reassemble"]

MISSING = "# The cell `{}` was missing from the submission."


def reassemble(submission: NotebookNode | None, source: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Return (notebook to run, remarks for the student). `submission` None stands for one that could not be read.

    Source cells keep their order; a cell that the student added stays after the cell it followed.
    """
    known = {grade_id(cell) for cell in source.cells} - {None}
    remarks: list[str] = []
    given = Counter(cell.source for cell in source.cells if grade_id(cell) is None)
    filled = {grade_id(cell) for cell in source.cells if is_solution(cell)}
    own, added, seen = _sort(submission.cells if submission is not None else [], known, filled, given, remarks)
    out = v4.new_notebook(metadata=copy.deepcopy(source.metadata))
    out.nbformat_minor = source.get("nbformat_minor", 5)
    out.cells += added.pop(None, [])
    for cell in source.cells:
        id = grade_id(cell)
        fresh = copy.deepcopy(cell)
        if fresh.cell_type == "code":
            fresh.outputs, fresh.execution_count = [], None
        if is_solution(cell):  # the instructor's answer may stand here: it never goes into the student's process
            fresh.source = own.get(id, MISSING.format(id)) if cell.cell_type == "code" else harmless(own.get(id, ""))
        if submission is not None and id is not None and id not in seen and (is_solution(cell) or is_test(cell)):
            kind = "test" if is_test(cell) and not is_solution(cell) else "answer"
            remarks.append(f"The {kind} cell {id} was missing" + (" and was put back." if kind == "test" else "."))
        out.cells.append(fresh)
        out.cells += added.pop(id, []) if id is not None else []
    used = {cell.get("id") for cell in out.cells if grade_id(cell) is not None}
    for k, cell in enumerate(out.cells):  # ids that are unique, and the same each time
        if grade_id(cell) is None or cell.get("id") is None:
            cell["id"] = f"cell-{k}"
            while cell["id"] in used:
                cell["id"] += "x"
            used.add(cell["id"])
    return out, remarks


def _sort(cells: list, known: set, filled: set, given: Counter[str], remarks: list[str]) -> tuple[dict, dict, set]:
    """Return sources by id, added cells by the id of the known cell before them, and all ids seen.

    A cell that was split in two, or copied and pasted, stands there twice under one id: all its parts count, in order.
    filled: the ids of cells that students fill.
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
            own[id] = f"{own[id]}\n\n{source}" if own.get(id, "").strip() else source
        elif given[source] > 0:
            given[source] -= 1
        elif cell.get("cell_type") == "code":
            added.setdefault(last, []).append(v4.new_code_cell(source))
        elif cell.get("cell_type") == "markdown":
            added.setdefault(last, []).append(v4.new_markdown_cell(harmless(source)))
    twice = ((id, n) for id, n in counts.items() if n > 1 and id in filled)
    remarks += [f"The cell {id} stands there {n} times; all of them run, in order." for id, n in twice]
    return own, added, set(counts)
