"""Submissions out of the archive of a learning management system into the folders that grading reads.

An archive is not trusted. Nothing is unpacked by its own name: each entry's name is only read for who handed in what,
and its bytes are written to a path made here. What is refused is told, with the reason, and stops nothing else.

Which of several files of one student counts: the one handed in last. That is the highest version where the system
counts uploads, as Canvas does; otherwise the latest time in the archive; among equals the last in the archive.
A file that came late counts, and its time is written beside it: what lateness costs is the late policy's business.
"""

from __future__ import annotations

import datetime
import os
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import Course
from autograder.files import Refused
from autograder.lms import SYSTEMS
from autograder.lms.archive import LARGEST, WHOLE, content, open_archive, refuse_unsafe, time_of
from autograder.lms.roster import plain
from autograder.lms.system import Upload, either

__all__ = ["Collected", "Entry", "collect", "hand_in", "known"]


@dataclass(frozen=True)
class Entry:
    """Hold the name of a file of an archive, or of a folder of the exchange, and who handed it in and when.

    id: what the learning management system gives to the student alone; nothing for the exchange.
    """

    name: str
    student: str
    id: str
    late: bool
    version: int
    time: datetime.datetime


@dataclass
class Collected:
    """Hold what collecting came to.

    taken: student -> the entry that counts. older: entries that a later one replaced. refused: (entry, reason).
    strange: (entry, why) of what was taken and deserves a look.
    """

    taken: dict[str, Entry] = field(default_factory=dict)
    older: list[Entry] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    strange: list[tuple[str, str]] = field(default_factory=list)


def collect(course: Course, archive: Path, assignment: str, roster: dict[str, str] | None = None) -> Collected:
    """Take the submissions of one assignment out of a zip file of a known system into course/submitted/.

    roster: from the system's id, or its name for a student, to the course's student id; see `read_roster`.
    Students that are not on it are refused. Without a roster the id is the name in plain letters and the system's id.
    Raises ValueError for a file that is no zip archive, is damaged as a whole or has too many entries, and for an
    unknown assignment.
    """
    known(course, assignment)
    collected, budget = Collected(), WHOLE
    with open_archive(archive, f"a zip file as {either(s.name for s in SYSTEMS)} gives it") as opened:
        for entry, info in _latest(opened, roster, collected):
            try:
                data = content(opened, info, min(LARGEST, budget))
            except Refused as reason:
                collected.refused.append((entry.name, str(reason)))
                continue
            budget -= len(data)
            hand_in(course, assignment, entry, data)
            collected.taken[entry.student] = entry
    return collected


def known(course: Course, assignment: str) -> None:
    """Raise ValueError for an assignment that the course does not have."""
    if assignment not in course.assignments():
        raise ValueError(f"assignment: got {assignment!r}, expected one of {course.assignments()}")


def hand_in(course: Course, assignment: str, entry: Entry, data: bytes) -> None:
    """Write the notebook under the assignment's own name, and when it was handed in, as nbgrader writes it."""
    path = course.notebook("submitted", assignment, entry.student)
    path.parent.mkdir(parents=True, exist_ok=True)
    for target, written in [(path, data), (path.with_name("timestamp.txt"), f"{entry.time} UTC".encode())]:
        partial = target.with_suffix(".partial")
        partial.write_bytes(written)
        os.replace(partial, target)


def _latest(
    opened: zipfile.ZipFile, roster: dict[str, str] | None, collected: Collected
) -> list[tuple[Entry, zipfile.ZipInfo]]:
    """Return, by student, the entries that count. What is older or refused is noted."""
    chosen: dict[str, tuple[Entry, zipfile.ZipInfo]] = {}
    for info in opened.infolist():
        if info.filename.endswith("/"):
            continue
        try:
            entry = _entry(info, roster)
        except Refused as reason:
            collected.refused.append((info.filename, str(reason)))
            continue
        before = chosen.get(entry.student)
        if before is not None and (before[0].version, before[0].time) > (entry.version, entry.time):
            collected.older.append(entry)
            continue
        if before is not None:
            collected.older.append(before[0])
        chosen[entry.student] = entry, info
    return [chosen[student] for student in sorted(chosen)]


def _entry(info: zipfile.ZipInfo, roster: dict[str, str] | None) -> Entry:
    """Return who handed in this entry, and when. Raises Refused."""
    refuse_unsafe(info)
    upload = _upload(info.filename)
    if not upload.file.lower().endswith(".ipynb"):
        raise Refused("it is no notebook")
    time = time_of(info)
    if roster is None:
        student = f"{plain(upload.student)[:60] or 'student'}-{upload.id}"
    else:
        student = roster.get(plain(upload.id)) or roster.get(plain(upload.student)) or ""
        if not student:
            raise Refused("this student is not on the roster")
    return Entry(info.filename, student, upload.id, upload.late, upload.version, time)


def _upload(name: str) -> Upload:
    """Return what the first system that knows this form of a name reads in it. Raises Refused if none does."""
    for system in SYSTEMS:
        if (upload := system.read(name)) is not None:
            return upload
    forms = " nor ".join(f"{system.name}'s {system.form}" for system in SYSTEMS)
    raise Refused(f"its name is neither {forms}")
