"""What an instructor decides about time: due dates, extensions, grace, free days, and what lateness costs.

All of it stands in `course/policy.toml`:

    [late]
    per_day = 0.1        # share of the score for each day begun; 0 takes nothing
    most = 0.5           # never more than this share; 1 unless said
    grace = 15           # minutes after the due date that cost nothing
    free_days = 3        # days in a term that each student may be late at no cost
    unknown_days = 1     # days that are counted where the platform says "late" and nobody knows by how much

    [due]
    ch01_rnn = 2026-03-01T12:00:00+01:00

    [extensions.ada]     # for one student: another due date
    ch01_rnn = 2026-03-04T12:00:00+01:00

    [excused]            # counts neither for nor against
    bo = ["ch02_bptt"]

Without the file, due dates are nbgrader's own and the costs those of `c.LatePolicy` in own_config.py.
"""

from __future__ import annotations

import datetime
import math
import tomllib
from dataclasses import dataclass, field
from typing import Any

from autograder.course import Course

__all__ = ["Policy", "read_policy"]

DAY = 86_400
NUMBERS = {"per_day": 0.0, "most": 1.0, "grace": 0.0, "free_days": 0, "unknown_days": 1}


@dataclass(frozen=True)
class Policy:
    """Times are in UTC without a zone. due: by assignment. extensions: by student and assignment. grace: in minutes."""

    per_day: float = 0.0
    most: float = 1.0
    grace: float = 0.0
    free_days: int = 0
    unknown_days: int = 1
    due: dict[str, datetime.datetime] = field(default_factory=dict)
    extensions: dict[tuple[str, str], datetime.datetime] = field(default_factory=dict)
    excused: frozenset[tuple[str, str]] = frozenset()

    def due_for(self, student: str, assignment: str) -> datetime.datetime | None:
        """Return when the work of a student is due, or None where it never is."""
        return self.extensions.get((student, assignment)) or self.due.get(assignment)

    def days_late(self, seconds: float) -> int:
        """Return the days begun after the grace."""
        return math.ceil(max(0.0, seconds - 60 * self.grace) / DAY)

    def share(self, days: int) -> float:
        """Return the share of the score that so many days cost."""
        return min(self.most, self.per_day * days)


def read_policy(course: Course) -> Policy | None:
    """Return what course/policy.toml says, or None where there is none.

    Raise ValueError, naming the entry, for what is not known or has no such form.
    """
    path = course.root / "policy.toml"
    if not path.is_file():
        return None
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    _only(path, said, ("late", "due", "extensions", "excused"))
    late = _table(path, said, "late")
    _only(path, late, tuple(NUMBERS), "late.")
    for name, value in late.items():
        whole = name.endswith("days")
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or value < 0:
            raise ValueError(f"{path}: got late.{name} = {value!r}, expected a {'whole ' * whole}number of at least 0")
    extensions = {
        (student, name): _time(path, f"extensions.{student}.{name}", when)
        for student, table in _table(path, said, "extensions").items()
        for name, when in _table(path, {student: table}, student).items()
    }
    excused = set()
    for student, names in _table(path, said, "excused").items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"{path}: got excused.{student} = {names!r}, expected a list of assignments")
        excused |= {(student, name) for name in names}
    due = {name: _time(path, f"due.{name}", when) for name, when in _table(path, said, "due").items()}
    named = {*due, *(name for _, name in extensions), *(name for _, name in excused)}
    if strange := sorted(named - set(course.assignments())):
        raise ValueError(
            f"{path}: got the assignment {strange[0]!r}, expected one of {', '.join(course.assignments())}"
        )
    return Policy(**late, due=due, extensions=extensions, excused=frozenset(excused))


def _table(path: Any, said: dict[str, Any], name: str) -> dict[str, Any]:
    table = said.get(name, {})
    if not isinstance(table, dict):
        raise ValueError(f"{path}: got {name} = {table!r}, expected a table")
    return table


def _only(path: Any, said: dict[str, Any], known: tuple[str, ...], before: str = "") -> None:
    for name in said:
        if name not in known:
            raise ValueError(f"{path}: got {before}{name}, expected {', '.join(known)}")


def _time(path: Any, name: str, value: Any) -> datetime.datetime:
    if not isinstance(value, datetime.datetime) or value.tzinfo is None:
        raise ValueError(f"{path}: got {name} = {value}, expected a time with its zone, 2026-03-01T12:00:00+01:00")
    return value.astimezone(datetime.UTC).replace(tzinfo=None)
