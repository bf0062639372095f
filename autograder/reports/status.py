"""Where each assignment stands, and what to type next."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.course import Course
from autograder.gradebook.ledger import ledger
from autograder.gradebook.records import tries

__all__ = ["Status", "exported", "note_export", "status"]


@dataclass(frozen=True)
class Status:
    """Counts of submissions. failed: the grader's machinery gave up on it. waiting: for a person's points.

    feedback: pages written. exported: of these totals so many went out as they are now. next: a command.
    """

    assignment: str
    handed_in: int
    graded: int
    waiting: int
    failed: int
    feedback: int
    exported: int
    next: str


def status(course: Course) -> list[Status]:
    """Return where each assignment of the course stands."""
    standings, tried, there = ledger(course), tries(course), course.submissions()
    out = []
    for name in course.assignments():
        students = {student for student, what in there if what == name}
        graded = {student for student in students if course.notebook("autograded", name, student).is_file()}
        failed = {student for student in students if (one := tried.get((student, name))) and one.failed}
        own = {student: one for (student, what), one in standings.items() if what == name}
        waiting = {student for student, one in own.items() if one.waiting}
        pages = {p.parts[-3] for p in course.root.glob(f"feedback/*/{name}/{name}.html")} & graded
        sent = exported(course, name)
        out_now = {student for student, one in own.items() if sent.get(student) == f"{one.total:g}"}
        counts = len(students), len(graded), len(waiting), len(failed), len(pages), len(out_now)
        out.append(Status(name, *counts, next=_next(name, *counts)))
    return out


def exported(course: Course, assignment: str) -> dict[str, str]:
    """Return the totals that went out last, by student."""
    path = course.root / "exported" / f"{assignment}.txt"
    if not path.is_file():
        return {}
    lines = (line.rsplit("\t", 1) for line in path.read_text(encoding="utf-8").splitlines())
    return {line[0]: line[1] for line in lines if len(line) == 2}


def note_export(course: Course, assignment: str) -> None:
    """Write down the totals that go out now."""
    path = course.root / "exported" / f"{assignment}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [f"{student}\t{one.total:g}\n" for (student, what), one in ledger(course).items() if what == assignment]
    path.write_text("".join(rows), encoding="utf-8")


def _next(name: str, handed_in: int, graded: int, waiting: int, failed: int, feedback: int, exported: int) -> str:
    if not handed_in:
        return f"collect ARCHIVE --assignment {name}"
    if graded < handed_in or failed:
        return f"grade --assignment {name}"
    if waiting:
        return "formgrader: Manual Grading"
    if feedback < graded:
        return f"feedback --assignment {name}"
    if exported < graded:
        return f"export --fill GRADEBOOK.csv --assignment {name}"
    return "nothing"
