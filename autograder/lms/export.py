"""Grades for other systems: plain CSV, or an LMS's own gradebook file with its column filled in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from autograder.course import Course
from autograder.gradebook.gradebook import penalties, scores
from autograder.lms.collect import read_roster

__all__ = ["csv_text", "export_csv", "fill_template"]


def export_csv(course: Course) -> str:
    """student, assignment, score, late_penalty, total, points; one row for each submission on record."""
    taken, rows = penalties(course), []
    for (student, assignment), (score, points) in sorted(scores(course).items()):
        late = taken.get((student, assignment), 0.0)
        rows.append([student, assignment, *(f"{number:g}" for number in (score, late, score - late, points))])
    return csv_text([["student", "assignment", "score", "late_penalty", "total", "points"], *rows])


def fill_template(
    course: Course, template: Path, assignment: str, column: str | None = None, roster: Path | None = None
) -> tuple[str, list[str]]:
    """A gradebook file that Canvas or Moodle exported, with the scores of one assignment, less lateness, filled in.

    template: the CSV file. Canvas names students by "ID" and the column by "ASSIGNMENT (123)"; Moodle by "ID number"
    or "Identifier", and the column is "Grade". column: its name, if it is another. roster: as for `collect`.
    Only that column changes. Returns the file's text, and the students with a score who are not in the template.
    Raises ValueError when the template has no such column or no column that names students.
    """
    rows = list(csv.reader(io.StringIO(template.read_text(encoding="utf-8-sig"))))
    if not rows:
        raise ValueError(f"template: got an empty file, {template}")
    header = rows[0]
    who = next((header.index(name) for name in ("ID", "ID number", "Identifier") if name in header), None)
    if who is None:
        raise ValueError(f"template: got columns {header}, expected ID, ID number or Identifier among them")
    where = _column(header, assignment, column)
    known = read_roster(roster) if roster else {}
    taken = penalties(course)
    found = {s: score - taken.get((s, a), 0.0) for (s, a), (score, _) in scores(course).items() if a == assignment}
    by_number = {student.rsplit("-", 1)[-1]: student for student in found}
    for row in rows[1:]:
        number = "".join(c for c in row[who] if c.isdigit()) if len(row) > who else ""
        student = known.get(number) or by_number.get(number)
        if student in found and len(row) > where:
            row[where] = f"{found.pop(student):g}"
    return csv_text(rows, guard=False), sorted(found)


def _column(header: list[str], assignment: str, column: str | None) -> int:
    names = [column] if column else [name for name in header if name.split(" (")[0] == assignment] or ["Grade"]
    if names[0] not in header:
        raise ValueError(f"column: got {names[0]!r}, expected one of {header}")
    return header.index(names[0])


def csv_text(rows: list[list[str]], guard: bool = True) -> str:
    """CSV text. guard: a cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow(
            ["'" + cell if guard and cell[:1] in tuple("=+-@\t\r") and not _number(cell) else cell for cell in row]
        )
    return out.getvalue()


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
