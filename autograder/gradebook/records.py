"""What is on record: verdicts in the graded notebooks, marks in the gradebook, tries in the audit log. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader import api

from autograder.checks.verdict import Verdict
from autograder.course import Course
from autograder.gradebook.gradebook import open_gradebook, patiently

tables: Any = api  # its annotations contradict its code

__all__ = [
    "Mark",
    "Marks",
    "Record",
    "Tries",
    "graded_records",
    "marks",
    "record_of",
    "tries",
]


@dataclass(frozen=True)
class Record:
    """One graded submission. seconds and peak (bytes) are None where nbgrader's own command graded it."""

    student: str
    assignment: str
    verdicts: list[Verdict]
    remarks: list[str]
    error: str | None
    seconds: float | None
    peak: int | None

    @property
    def score(self) -> float:
        return float(sum(verdict.score for verdict in self.verdicts))


@dataclass(frozen=True)
class Mark:
    """One graded cell in the gradebook. by_hand: somebody gave it. waiting: somebody still has to."""

    score: float
    points: float
    by_hand: bool
    waiting: bool
    comment: str


@dataclass(frozen=True)
class Marks:
    """What the gradebook says of one submission. comments: on cells, by name, those that somebody wrote."""

    cells: dict[str, Mark] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tries:
    """How often the last attempt to grade a submission was made, and why it failed, if it did."""

    count: int
    failed: str | None


def record_of(student: str, assignment: str, notebook: dict[str, Any]) -> Record | None:
    """Return the record in a graded notebook, or None if this grader did not write it."""
    said = notebook["metadata"].get("rnn_course")
    if said is None:
        return None
    verdicts = said.get("verdicts")
    if verdicts is None:  # by `nbgrader autograde`: they stand in the test cells alone
        cells = [cell["metadata"].get("rnn_course") for cell in notebook["cells"]]
        verdicts = [verdict for verdict in cells if verdict]
    remarks, read = list(said.get("remarks") or []), []
    for verdict in verdicts:
        try:
            read.append(Verdict.of_data(verdict))
        except ValueError as error:  # one that nobody can read says so, and the others count
            remarks.append(str(error))
    return Record(student, assignment, read, remarks, said.get("error"), said.get("seconds"), said.get("peak"))


def graded_records(course: Course) -> Iterator[Record]:
    """Yield the records of all that is graded, in order, one notebook in memory at a time."""
    for path in sorted(course.root.glob("autograded/*/*/*.ipynb")):
        record = record_of(path.parts[-3], path.parts[-2], json.loads(path.read_text(encoding="utf-8")))
        if record is not None:
            yield record


def marks(course: Course) -> dict[tuple[str, str], Marks]:
    """Return (student, assignment) -> what the gradebook says; nothing if there is no gradebook."""
    if course.db_url.startswith("sqlite:///") and not Path(course.db_url.removeprefix("sqlite:///")).exists():
        return {}
    return _read_marks(course)


@patiently
def _read_marks(course: Course) -> dict[tuple[str, str], Marks]:
    """Read all marks in three queries, however many students there are."""
    found: dict[tuple[str, str], Marks] = {}
    with open_gradebook(course) as gradebook:
        submissions = gradebook.db.query(tables.SubmittedAssignment.student_id, tables.Assignment.name)
        for student, name in submissions.join(tables.SubmittedAssignment.assignment):
            found[student, name] = Marks()
        who = (tables.SubmittedAssignment.student_id, tables.Assignment.name, tables.BaseCell.name)
        comments: dict[tuple[str, str, str], str] = {}
        said = gradebook.db.query(*who, tables.Comment.comment, tables.Comment.manual_comment)
        for student, name, cell, comment, by_hand in _joined(said, tables.Comment):
            comments[student, name, cell] = comment or ""
            if by_hand:
                found[student, name].comments[cell] = by_hand
        given = gradebook.db.query(
            *who,
            tables.Grade.score,
            tables.Grade.max_score,
            tables.Grade.manual_score,
            tables.Grade.extra_credit,
            tables.Grade.needs_manual_grade,
        )
        for student, name, cell, score, points, manual, extra, waiting in _joined(given, tables.Grade):
            by_person, remark = manual is not None or bool(extra), comments.get((student, name, cell), "")
            mark = Mark(float(score), float(points or 0), by_person, bool(waiting), remark)
            found[student, name].cells[cell] = mark
    return found


def _joined(query: Any, table: Any) -> Any:
    """Return the query over grades or comments, each with its student, assignment and cell."""
    query = query.select_from(table).join(tables.BaseCell, table.cell_id == tables.BaseCell.id)
    query = query.join(tables.SubmittedNotebook, table.notebook_id == tables.SubmittedNotebook.id)
    query = query.join(
        tables.SubmittedAssignment, tables.SubmittedNotebook.assignment_id == tables.SubmittedAssignment.id
    )
    return query.join(tables.Assignment, tables.SubmittedAssignment.assignment_id == tables.Assignment.id)


def tries(course: Course) -> dict[tuple[str, str], Tries]:
    """Return (student, assignment) -> how its last batch went, from the audit log.

    A line torn by a crash is passed over.
    """
    latest: dict[tuple[str, str], tuple[float, Tries]] = {}
    for path in sorted(course.root.glob("audit/*.jsonl")):
        with open(path, encoding="utf-8") as file:
            for line in file:
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue
                key, when = (entry["student"], entry["assignment"]), entry["time"]
                if key not in latest or latest[key][0] <= when:
                    latest[key] = (when, Tries(entry.get("tries", 1), entry.get("failed")))
    return {key: found for key, (_, found) in latest.items()}
