"""Grades for other systems: plain CSV, or a system's own gradebook file with its column filled in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from autograder.course import Course
from autograder.gradebook.gradebook import penalties, scores
from autograder.lms import SYSTEMS
from autograder.lms.roster import plain, read_roster
from autograder.lms.system import System, either

__all__ = ["csv_text", "export_csv", "fill_template"]


def export_csv(course: Course) -> str:
    """Return student, assignment, score, late_penalty, total, points; one row for each submission on record."""
    taken, rows = penalties(course), []
    for (student, assignment), (score, points) in sorted(scores(course).items()):
        late = taken.get((student, assignment), 0.0)
        rows.append([student, assignment, *(f"{number:g}" for number in (score, late, score - late, points))])
    return csv_text([["student", "assignment", "score", "late_penalty", "total", "points"], *rows])


def fill_template(
    course: Course, template: Path, assignment: str, column: str | None = None, roster: Path | None = None
) -> tuple[str, list[str]]:
    """Return a gradebook file with the scores of one assignment, less lateness, filled in; and who is missing in it.

    template: the CSV file that a known system exported. Canvas names students by "ID" and the column by
    "ASSIGNMENT (123)"; Moodle by "ID number" or "Identifier", and the column is "Grade". column: its name, if it is
    another. roster: as for `collect`. Only that column changes. Missing are students with a score.
    Raises ValueError when the template has no such column or no column that names students.
    """
    rows = list(csv.reader(io.StringIO(template.read_text(encoding="utf-8-sig"))))
    if not rows:
        raise ValueError(f"template: got an empty file, {template}")
    who, system = _who(rows[0])
    where = _column(rows[0], assignment, column)
    known = read_roster(roster) if roster else {}
    taken = penalties(course)
    found = {s: score - taken.get((s, a), 0.0) for (s, a), (score, _) in scores(course).items() if a == assignment}
    by_id = {student.rsplit("-", 1)[-1]: student for student in found}
    for row in rows[1:]:
        id = system.student_id(row[who]) if len(row) > who else ""
        student = known.get(plain(id)) or by_id.get(id)
        if student in found and len(row) > where:
            row[where] = f"{found.pop(student):g}"
    return csv_text(rows, guard=False), sorted(found)


def _who(header: list[str]) -> tuple[int, System]:
    """Return where the column is that names students, and whose column it is."""
    columns = [(name, system) for system in SYSTEMS for name in system.students]
    for name, system in columns:
        if name in header:
            return header.index(name), system
    raise ValueError(f"template: got columns {header}, expected {either(name for name, _ in columns)} among them")


def _column(header: list[str], assignment: str, column: str | None) -> int:
    """Return where the marks go: to the column named, or to the first that a system takes for the assignment's."""
    if column:
        if column not in header:
            raise ValueError(f"column: got {column!r}, expected one of {header}")
        return header.index(column)
    for system in SYSTEMS:
        for place, name in enumerate(header):
            if system.marks(name, assignment):
                return place
    raise ValueError(f"column: got none of the marks of {assignment}; name one of {header}")


def csv_text(rows: list[list[str]], guard: bool = True) -> str:
    """Return CSV text. guard: a cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow(
            ["'" + cell if guard and cell[:1] in tuple("=+-@\t\r") and not _number(cell) else cell for cell in row]
        )
    return out.getvalue()


def _number(cell: str) -> bool:
    """Return whether the cell is a number, which a spreadsheet takes for no formula."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
