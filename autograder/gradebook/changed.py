"""An assignment whose exercises changed after work was handed in: what nbgrader refuses to do by itself.

An exercise that was dropped counts for nobody any more, neither for nor against; its verdicts stay in the audit log and
in the backup of the gradebook. One that was added is there for everybody, and worth nothing until it is graded.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader import api

__all__ = ["adapt"]

tables: Any = api  # its annotations contradict its code


def adapt(gradebook: Any, assignment: str, source: NotebookNode) -> tuple[list[str], list[str]]:
    """Give an assignment the cells of its instructor's notebook, and return which graded ones went and came.

    Only where something is handed in already: otherwise nbgrader's own step makes all cells anew.
    """
    notebook = gradebook.find_notebook(assignment, assignment)
    if not notebook.submissions:
        return [], []
    marks = {m["grade_id"]: (m, cell) for cell in source.cells if (m := cell.metadata.get("nbgrader"))}
    kinds = {
        "grade": (notebook.grade_cells, [name for name, (mark, _) in marks.items() if mark["grade"]]),
        "solution": (notebook.solution_cells, [name for name, (mark, _) in marks.items() if mark["solution"]]),
        "source": (notebook.source_cells, [name for name, (mark, _) in marks.items() if _is_source(mark)]),
    }
    came, gone = [], []
    for kind, (there, wanted) in kinds.items():
        for cell in [cell for cell in there if cell.name not in wanted]:
            gone += [cell.name] if kind == "grade" else []
            _forget(gradebook, cell)
        for name in set(wanted) - {cell.name for cell in there}:
            came += [name] if kind == "grade" else []
            _add(gradebook, kind, name, assignment, *marks[name])
    gradebook.db.commit()
    return sorted(gone), sorted(came)


def _is_source(mark: dict[str, Any]) -> bool:
    return bool(mark["grade"] or mark["solution"] or mark["locked"])


def _forget(gradebook: Any, cell: Any) -> None:
    """Delete a cell, with the points and comments on it."""
    for table in (tables.Grade, tables.Comment):
        gradebook.db.query(table).filter(table.cell_id == cell.id).delete(synchronize_session="fetch")
    gradebook.db.delete(cell)
    gradebook.db.flush()


def _add(gradebook: Any, kind: str, name: str, assignment: str, mark: dict[str, Any], cell: NotebookNode) -> None:
    """Add a cell, and a place for points or comments on it in everything that is handed in."""
    if kind == "source":
        gradebook.add_source_cell(name, assignment, assignment, source=cell.source, cell_type=cell.cell_type)
        return
    if kind == "grade":
        points = {"max_score": float(mark["points"]), "cell_type": cell.cell_type}
        made, table = gradebook.add_grade_cell(name, assignment, assignment, **points), tables.Grade
    else:
        made, table = gradebook.add_solution_cell(name, assignment, assignment), tables.Comment
    for submitted in gradebook.find_notebook(assignment, assignment).submissions:
        gradebook.db.add(table(cell=made, notebook=submitted))
    gradebook.db.flush()
