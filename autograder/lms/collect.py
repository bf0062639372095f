"""Submissions out of the archive of a learning management system into the folders that grading reads.

An archive is not trusted. Nothing is unpacked by its own name: each entry's name is only read for who handed in what,
and its bytes are written to a path made here. What is refused is told, with the reason, and stops nothing else.

Which of several files of one student counts: one that bears the assignment's name, before others; then the highest
version where the system counts uploads, as Canvas does; among equals the last in the archive. The times in an archive
are those of zipping, and say nothing. What is there already stays if it is newer, and is kept aside if it is replaced.
Every decision is a row, with its reason (`Decision`).
"""

from __future__ import annotations

import hashlib
import re
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.course import Course
from autograder.files import Refused, read_plain, write_whole
from autograder.gradebook.handed_in import HandedIn, handed_in, keep
from autograder.lms import SYSTEMS
from autograder.lms.archive import LARGEST, WHOLE, content, open_archive, refuse_unsafe
from autograder.lms.roster import folder_name, plain
from autograder.lms.system import Upload, either
from autograder.lms.table import csv_text

__all__ = ["Collected", "Decision", "Entry", "collect", "hand_in", "known", "table_of"]

TAKEN, OLDER, REFUSED = "taken", "older", "refused"
COPY = re.compile(r"( ?\([0-9]{1,3}\)| - Copy|-Copy[0-9]{1,3}|_[0-9]{1,3})+$")
"""What a browser, Windows or JupyterLab adds to the name of a copy."""


@dataclass(frozen=True)
class Entry:
    """Hold the name of a file of an archive, or of a folder of the exchange, and who handed it in and when.

    id: what the learning management system gives to the student alone; nothing for the exchange. file: the name that
    the student gave it. when: as far as that is known.
    """

    name: str
    student: str
    id: str
    file: str
    when: HandedIn


@dataclass(frozen=True)
class Decision:
    """What became of one entry: taken, older or refused, and why. notable: somebody should look at it."""

    name: str
    student: str
    what: str
    why: str
    when: HandedIn | None = None
    notable: bool = False

    def row(self) -> list[str]:
        """Return it as a row of a table, see ROW."""
        said = f"{self.when.time:%Y-%m-%d %H:%M:%S} UTC" if self.when and self.when.time else "unknown"
        late = {True: "late", False: "in time", None: ""}[self.when.late if self.when else None]
        source = self.when.source if self.when else ""
        return [self.what, self.student, self.name, self.why, said if self.when else "", source, late]


ROW = ["decision", "student", "entry", "why", "handed in", "by the word of", "marked as"]


@dataclass
class Collected:
    """Hold what collecting came to.

    taken: student -> the entry that counts. decisions: on every entry, in order.
    """

    taken: dict[str, Entry] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)

    @property
    def refused(self) -> list[tuple[str, str]]:
        """Return (entry, reason) of what was refused."""
        return [(one.name, one.why) for one in self.decisions if one.what == REFUSED]

    @property
    def older(self) -> list[Decision]:
        """Return the decisions on entries that a newer one beats."""
        return [one for one in self.decisions if one.what == OLDER]

    @property
    def strange(self) -> list[tuple[str, str]]:
        """Return (entry, why) of what was taken and deserves a look."""
        return [(one.name, one.why) for one in self.decisions if one.what == TAKEN and one.notable]

    def refuse(self, name: str, why: str, student: str = "") -> None:
        """Write down a refusal."""
        self.decisions.append(Decision(name, student, REFUSED, why, notable=True))

    def pass_over(self, entry: Entry, why: str) -> None:
        """Write down that an entry does not count."""
        self.decisions.append(Decision(entry.name, entry.student, OLDER, why, entry.when))

    def take(self, entry: Entry, remarks: list[str]) -> None:
        """Write down that an entry counts. remarks: what deserves a look."""
        self.taken[entry.student] = entry
        self.decisions.append(Decision(entry.name, entry.student, TAKEN, "; ".join(remarks), entry.when, bool(remarks)))


def collect(
    course: Course,
    archive: Path,
    assignment: str,
    roster: dict[str, str] | None = None,
    times: Mapping[str, HandedIn] | None = None,
) -> Collected:
    """Take the submissions of one assignment out of a zip file of a known system into course/submitted/.

    roster: from the system's id, or its name for a student, to the course's student id; see `read_roster`.
    Students that are not on it are refused. Without a roster the id is the name in plain letters and the system's id.
    times: from the system's id to when it was handed in; see `read_times`. Without it no time is known.
    Raises ValueError for a file that is no zip archive, is damaged as a whole or has too many entries, and for an
    unknown assignment.
    """
    known(course, assignment)
    collected, budget = Collected(), WHOLE
    with open_archive(archive, f"a zip file as {either(s.name for s in SYSTEMS)} gives it") as opened:
        for entry, info in _chosen(opened, assignment, roster, times or {}, collected):
            try:
                data = content(opened, info, min(LARGEST, budget))
            except Refused as reason:
                collected.refuse(entry.name, str(reason), entry.student)
                continue
            budget -= len(data)
            remarks = [] if _is_named(entry.file, assignment) else [f"its file is called {entry.file}"]
            if (why := _newer_there(course, assignment, entry, data)) is not None:
                collected.pass_over(entry, why)
                continue
            remarks += hand_in(course, assignment, entry, data)
            collected.take(entry, remarks)
    return collected


def known(course: Course, assignment: str) -> None:
    """Raise ValueError for an assignment that the course does not have."""
    if assignment not in course.assignments():
        raise ValueError(f"assignment: got {assignment!r}, expected one of {course.assignments()}")


def hand_in(course: Course, assignment: str, entry: Entry, data: bytes) -> list[str]:
    """Write the notebook under the assignment's own name, and when it was handed in. Return what deserves a look.

    What was there and is another one goes to replaced/, so that nothing is lost.
    """
    path, remarks = course.notebook("submitted", assignment, entry.student), []
    path.parent.mkdir(parents=True, exist_ok=True)
    before = _there(course, assignment, entry.student)
    if before is not None and before != data:
        kept = (
            course.root / "replaced" / entry.student / assignment / f"{hashlib.sha256(before).hexdigest()[:12]}.ipynb"
        )
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(before)
        remarks.append(f"it replaces what was there, which is kept in {kept.relative_to(course.root)}")
    write_whole(path, data)
    keep(course, assignment, entry.student, entry.when)
    return remarks


def table_of(course: Course, assignment: str, collected: Collected) -> Path:
    """Write every decision as a row of a CSV file in collected/, and return its path."""
    path = course.root / "collected" / f"{assignment}-{time.strftime('%Y%m%dT%H%M%S')}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(csv_text([ROW, *(one.row() for one in collected.decisions)]), encoding="utf-8")
    return path


def _there(course: Course, assignment: str, student: str) -> bytes | None:
    """Return what is handed in already, or None."""
    try:
        return read_plain(course.root / "submitted", student, assignment, f"{assignment}.ipynb", most=LARGEST)
    except (OSError, Refused):
        return None


def _newer_there(course: Course, assignment: str, entry: Entry, data: bytes) -> str | None:
    """Return why what is there already beats this entry, or None."""
    there = _there(course, assignment, entry.student)
    if there is None or there == data:
        return None
    before = handed_in(course, assignment, entry.student)
    if before.version and entry.when.version:
        return "a newer upload is there already" if before.version > entry.when.version else None
    if before.time and entry.when.time and before.time > entry.when.time:
        return "what is there already was handed in later"
    return None


def _is_named(file: str, assignment: str) -> bool:
    """Return whether a file bears the assignment's name, or that of a copy."""
    return COPY.sub("", file.rsplit("/", 1)[-1].lower().removesuffix(".ipynb")) == assignment.lower()


def _chosen(
    opened: zipfile.ZipFile,
    assignment: str,
    roster: dict[str, str] | None,
    times: Mapping[str, HandedIn],
    collected: Collected,
) -> list[tuple[Entry, zipfile.ZipInfo]]:
    """Return, by student, the entries that count. What is beaten or refused is noted."""
    chosen: dict[str, tuple[Entry, zipfile.ZipInfo]] = {}
    for info in opened.infolist():
        if info.filename.endswith("/"):
            continue
        try:
            entry = _entry(info, roster, times)
        except Refused as reason:
            collected.refuse(info.filename, str(reason))
            continue
        before, _ = chosen.get(entry.student, (None, None))
        if before is not None:
            named = [_is_named(one.file, assignment) for one in (before, entry)]
            ranks = [(name, one.when.version) for name, one in zip(named, (before, entry))]
            beaten, better = (entry, before) if ranks[0] > ranks[1] else (before, entry)
            why = "bears the assignment's name" if named[0] != named[1] else "is the newer upload"
            why = "comes later in the archive" if ranks[0] == ranks[1] else why
            collected.pass_over(beaten, f"{better.name} {why}")
            if beaten is entry:
                continue
        chosen[entry.student] = entry, info
    return [chosen[student] for student in sorted(chosen)]


def _entry(info: zipfile.ZipInfo, roster: dict[str, str] | None, times: Mapping[str, HandedIn]) -> Entry:
    """Return who handed in this entry, and when. Raises Refused."""
    refuse_unsafe(info)
    upload = _upload(info.filename)
    if not upload.file.lower().endswith(".ipynb"):
        raise Refused("it is no notebook")
    if roster is None:
        student = f"{folder_name(upload.student)[:60] or 'student'}-{upload.id}"
    else:
        student = roster.get(plain(upload.id)) or roster.get(plain(upload.student)) or ""
        if not student:
            raise Refused("this student is not on the roster")
    when = times.get(upload.id) or HandedIn(None, "the archive, which tells no time")
    late = True if upload.late else when.late
    return Entry(info.filename, student, upload.id, upload.file, replace(when, late=late, version=upload.version))


def _upload(name: str) -> Upload:
    """Return what the first system that knows this form of a name reads in it. Raises Refused if none does."""
    for system in SYSTEMS:
        if (upload := system.read(name)) is not None:
            return upload
    forms = " nor ".join(f"{system.name}'s {system.form}" for system in SYSTEMS)
    raise Refused(f"its name is neither {forms}")
