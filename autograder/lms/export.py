"""Grades for other systems: plain CSV, or a system's own gradebook file with its column filled in."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import Course
from autograder.gradebook.ledger import Standing, ledger
from autograder.lms import SYSTEMS
from autograder.lms.roster import plain, read_roster
from autograder.lms.system import System, either
from autograder.lms.table import csv_text

__all__ = ["Filled", "export_csv", "fill_template"]


def export_csv(course: Course) -> str:
    """Return student, assignment, score, late_penalty, total, points and remarks; a row for each on record."""
    rows = []
    for (student, assignment), one in sorted(ledger(course).items()):
        numbers = (f"{number:g}" for number in (one.earned, one.penalty, one.total, one.points))
        rows.append([student, assignment, *numbers, "; ".join(_remarks(one))])
    return csv_text([["student", "assignment", "score", "late_penalty", "total", "points", "remarks"], *rows])


def _remarks(one: Standing) -> list[str]:
    """Return what somebody should know of a total before it goes out."""
    waits = [f"{one.waiting:g} points wait for a person"] if one.waiting else []
    marked = ["marked as late, by an unknown time"] if one.marked else []
    return [*waits, *marked, *(["excused"] if one.excused else [])]


@dataclass
class Filled:
    """A gradebook file with one column filled in. text: the file. changes: (student, before, after).

    missing: students with marks who are not in the file. waiting: those whose cell stayed as it was because a person
    still has to read an answer. kept: (student, what stands there) of cells that say that a student is excused.
    """

    text: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


def fill_template(
    course: Course,
    template: Path,
    assignment: str,
    column: str | None = None,
    roster: Path | None = None,
    scale: bool = False,
    waiting: bool = False,
) -> Filled:
    """Return a gradebook file with the totals of one assignment filled in, and what became of each student.

    template: the CSV file that a known system exported. Canvas names students by "ID" and the column by
    "ASSIGNMENT (123)"; Moodle by "ID number" or "Identifier", and the column is "Grade". column: its name, if it is
    another. roster: as for `collect`. scale: bring the marks to the maximum that the file names. waiting: fill in
    marks of which a person's part is still missing. Only that column changes, and what says "excused" stays.
    Raises ValueError when the template has no such column, none that names students, or another maximum.
    """
    rows = list(csv.reader(io.StringIO(template.read_text(encoding="utf-8-sig"))))
    if not rows:
        raise ValueError(f"template: got an empty file, {template}")
    who, system = _who(rows[0])
    where = _column(rows[0], assignment, column)
    known = read_roster(roster) if roster else {}
    found = {student: one for (student, name), one in ledger(course).items() if name == assignment}
    by_id = {student.rsplit("-", 1)[-1]: student for student in found}
    top = _maximum(rows, who, where)
    out = Filled()
    for row in rows[1:]:
        id = system.student_id(row[who]) if len(row) > who else ""
        student = known.get(plain(id)) or by_id.get(id)
        if student not in found or len(row) <= where:
            continue
        one = found.pop(student)
        if top is not None and abs(top - one.points) > 1e-9 and not scale:
            raise ValueError(f"template: got a maximum of {top:g}, and {assignment} has {one.points:g}; --scale adapts")
        if row[where].strip().upper() in EXCUSED or one.excused:
            out.kept.append((student, row[where] or "excused"))
        elif one.waiting and not waiting:
            out.waiting.append(student)
        else:
            total = one.total * (top / one.points if scale and top is not None and one.points else 1)
            out.changes.append((student, row[where], f"{round(total, 4):g}"))
            row[where] = f"{round(total, 4):g}"
    out.text, out.missing = csv_text(rows, guard=False), sorted(found)
    return out


EXCUSED = {"EX", "EXCUSED"}
MAXIMA = ("Maximum Grade", "Max Points")
"""Columns that hold the maximum, of Moodle; Canvas has a row that begins with POSSIBLE."""
POSSIBLE = "Points Possible"


def _maximum(rows: list[list[str]], who: int, where: int) -> float | None:
    """Return the maximum that the file gives to the column, or None where it gives none."""
    said = [row[rows[0].index(name)] for name in MAXIMA if name in rows[0] for row in rows[1:2]]
    said += [row[where] for row in rows[1:4] if len(row) > where and row and row[0].strip() == POSSIBLE]
    for text in said:
        try:
            return float(text.replace(",", "."))
        except ValueError:
            continue
    return None


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
