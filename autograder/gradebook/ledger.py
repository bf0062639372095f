"""What each submission is worth: verdicts and a person's points, the time of handing in, and the policy, put together.

It is computed anew each time it is read, and runs no code of a student's. So a due date that was moved, a word on when
something was handed in, and points given by hand count at once, and nothing is ever stale.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nbgrader import api
from nbgrader.preprocessors import AssignLatePenalties

from autograder.course import Course
from autograder.gradebook.gradebook import open_gradebook, patiently, settings
from autograder.gradebook.handed_in import HandedIn, handed_in
from autograder.gradebook.policy import Policy, read_policy
from autograder.gradebook.records import Mark, Marks, marks

__all__ = ["Standing", "ledger", "penalties", "settle"]

tables: Any = api  # its annotations contradict its code
Cost = Callable[[str, float, float, int], float]
"""From the student, the score, the seconds late and the days that are counted to the points that lateness takes."""


@dataclass(frozen=True)
class Standing:
    """One submission. earned: points, with what a person gave. days: late, of which `free` cost nothing.

    marked: it counts as late by the platform's word alone, since nobody knows when it came.
    """

    student: str
    assignment: str
    earned: float
    points: float
    when: HandedIn
    due: datetime.datetime | None
    extended: bool = False
    seconds_late: float = 0.0
    days: int = 0
    free: int = 0
    penalty: float = 0.0
    excused: bool = False
    marked: bool = False
    cells: dict[str, Mark] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Return what counts."""
        return self.earned - self.penalty

    @property
    def waiting(self) -> float:
        """Return the points of answers that a person still has to read."""
        return sum(mark.points for mark in self.cells.values() if mark.waiting)

    def explained(self) -> list[str]:
        """Return how the total came about, a line each."""
        lines = [f"{self.student}, {self.assignment}: {self.total:g} of {self.points:g} points"]
        for name, mark in self.cells.items():
            by = "given by hand" if mark.by_hand else "waits for a person" if mark.waiting else "by the test"
            lines.append(f"  {name.removesuffix('-check')}: {mark.score:g} of {mark.points:g}, {by}")
        time = f"{self.when.time:%Y-%m-%d %H:%M:%S} UTC" if self.when.time else "at a time that nobody knows"
        lines.append(f"  handed in {time} (by {self.when.source})" + ", marked as late" * bool(self.when.late))
        if self.due is not None:
            lines.append(f"  due {self.due:%Y-%m-%d %H:%M:%S} UTC" + ", extended for this student" * self.extended)
        if self.days:
            free = f", {self.free} of them free" if self.free else ""
            lines.append(f"  {self.days} day{'s' * (self.days != 1)} late{free}: {self.penalty:g} points taken")
        elif self.penalty:
            lines.append(f"  late: {self.penalty:g} points taken")
        return [*lines, *(["  excused: it does not count"] if self.excused else [])]


def ledger(course: Course) -> dict[tuple[str, str], Standing]:
    """Return (student, assignment) -> what it is worth, for everything in the gradebook, in the order of due dates.

    Raise ValueError for a policy.toml that is none.
    """
    found = marks(course)
    if not found:
        return {}
    policy, cost = read_policy(course), None
    if policy is None:
        policy, cost = _of_nbgrader(course)
    out, free = {}, dict[str, int]()
    never = datetime.datetime.max
    for student, name in sorted(found, key=lambda key: (policy.due.get(key[1], never), key[1], key[0])):
        left = free.setdefault(student, policy.free_days)
        standing = _standing(student, name, found[student, name], handed_in(course, name, student), policy, cost, left)
        free[student] -= standing.free
        out[student, name] = standing
    return out


def _standing(
    student: str, assignment: str, said: Marks, when: HandedIn, policy: Policy, cost: Cost | None, left: int
) -> Standing:
    """Return what one submission is worth. left: free days that the student still has."""
    earned, points = (sum(getattr(mark, name) for mark in said.cells.values()) for name in ("score", "points"))
    due, excused = policy.due_for(student, assignment), (student, assignment) in policy.excused
    seconds, marked = 0.0, False
    if when.time is not None and due is not None:
        seconds = max(0.0, (when.time - due).total_seconds())
    elif when.time is None and when.late:
        seconds, marked = 86_400.0 * policy.unknown_days + 60 * policy.grace, True
    days = policy.days_late(seconds)
    spent = min(left, days) if not excused else 0
    penalty = 0.0
    if days > spent and not excused:
        taken = cost(student, earned, seconds, days) if cost else earned * policy.share(days - spent)
        penalty = min(max(taken, 0.0), earned)
    return Standing(
        student,
        assignment,
        float(earned),
        float(points),
        when,
        due,
        (student, assignment) in policy.extensions,
        seconds,
        days,
        spent,
        float(penalty),
        excused,
        marked,
        said.cells,
        said.comments,
    )


@patiently
def _of_nbgrader(course: Course) -> tuple[Policy, Cost]:
    """Return due dates and extensions as nbgrader has them, and what its plugin of late penalties takes."""
    chosen: Any = AssignLatePenalties(config=settings(course))
    chosen.init_plugin()
    due, extensions = {}, {}
    with open_gradebook(course) as gradebook:
        for assignment in gradebook.assignments:
            if assignment.duedate is not None:
                due[assignment.name] = assignment.duedate
        rows = gradebook.db.query(
            tables.SubmittedAssignment.student_id, tables.Assignment.name, tables.SubmittedAssignment.extension
        ).join(tables.SubmittedAssignment.assignment)
        for student, name, extension in rows:
            if extension and name in due:
                extensions[student, name] = due[name] + extension

    def cost(student: str, score: float, seconds: float, days: int) -> float:
        return float(chosen.plugin_inst.late_submission_penalty(student, score, seconds) or 0.0)

    return Policy(due=due, extensions=extensions), cost


def penalties(course: Course) -> dict[tuple[str, str], float]:
    """Return (student, assignment) -> the points that lateness costs, where it costs any."""
    return {key: standing.penalty for key, standing in ledger(course).items() if standing.penalty}


@patiently
def settle(course: Course) -> int:
    """Write the penalties into nbgrader's gradebook, where formgrader shows them. Return how many were others."""
    standings, changed = ledger(course), 0
    if not standings:
        return 0
    with open_gradebook(course) as gradebook:
        who = tables.SubmittedNotebook, tables.SubmittedAssignment.student_id, tables.Assignment.name
        query = gradebook.db.query(*who).join(tables.SubmittedNotebook.assignment)
        for row, student, name in query.join(tables.SubmittedAssignment.assignment):
            standing = standings.get((student, name))
            if standing is not None and abs(float(row.late_submission_penalty or 0) - standing.penalty) > 1e-9:
                row.late_submission_penalty = standing.penalty
                changed += 1
        gradebook.db.commit()
    return changed
