"""Submissions out of nbgrader's exchange: folders into which students write themselves.

nbgrader's own collecting follows a link that lies there, with the instructor's rights and so to the instructor's
answers; this one does not.
"""

from __future__ import annotations

import contextlib
import datetime
import glob
import os
import pwd
import re
from pathlib import Path
from typing import cast

from nbgrader.utils import parse_utc

from autograder.course import Course
from autograder.files import Refused, owner_name, read_plain
from autograder.gradebook.gradebook import settings
from autograder.gradebook.handed_in import HandedIn, handed_in
from autograder.lms.archive import LARGEST
from autograder.lms.collect import Collected, Entry, hand_in, known

__all__ = ["collect_exchange"]

NAME = re.compile(r"^(?P<student>[A-Za-z0-9][A-Za-z0-9._@-]*)\+(?P<assignment>[^+]+)\+(?P<time>[^+]+)(\+[^+]*)?$")
SECRET = "submission_secret.txt"
FIRST_YEAR = 1980
TOLERANCE = datetime.timedelta(hours=1)
"""How much later than its folder says a file may have been changed: handing in and copying take their time."""


def collect_exchange(course: Course, assignment: str) -> Collected:
    """Take what students submitted through nbgrader's exchange into course/submitted/, of each the latest.

    What is there already counts as an older version, unless it is the later one. Of a student who has an account here,
    only what belongs to it is taken; a time that the name makes earlier than it was is put right, and told. The secret
    by which a student's own nbgrader finds the feedback comes along. Raises ValueError for an unknown assignment, and
    FileNotFoundError when nothing was ever released into the exchange.
    """
    known(course, assignment)
    config = settings(course)
    inbound = Path(str(config.Exchange.root)) / str(config.CourseDirectory.course_id) / "inbound"
    if not inbound.is_dir():
        raise FileNotFoundError(f"{inbound} is not there. Run `nbgrader release_assignment {assignment}` first.")
    collected = Collected()
    for entry, time in _latest_first(inbound, assignment, collected):
        path = course.notebook("submitted", assignment, entry.student)
        there = handed_in(course, assignment, entry.student).time if path.is_file() else None
        if entry.student in collected.taken or (there is not None and time <= there <= _tomorrow()):
            collected.pass_over(entry, "a later one is there")
            continue
        account = _account(entry.student)
        try:
            data = read_plain(inbound, entry.name, path.name, most=LARGEST, owner=account)
        except FileNotFoundError:
            collected.refuse(entry.name, f"{path.name} is not in it", entry.student)
            continue
        except Refused as reason:
            collected.refuse(entry.name, str(reason), entry.student)
            continue
        remarks = []
        if account is None:
            owner = owner_name((inbound / entry.name).lstat().st_uid)
            remarks.append(f"it says {entry.student} and belongs to {owner}")
        if time != (said := _time(entry.name)):
            remarks.append(f"it says {said}, and was changed until {time}, which counts")
        remarks += hand_in(course, assignment, entry, data)
        _keep_secret(inbound, entry.name, path.with_name(SECRET), account)
        collected.take(entry, remarks)
    return collected


def _latest_first(inbound: Path, assignment: str, collected: Collected) -> list[tuple[Entry, datetime.datetime]]:
    """Return what students submitted for the assignment, the latest first. Other names are noted as refused."""
    found = []
    for folder in sorted(inbound.glob(f"*+{glob.escape(assignment)}+*")):
        try:
            match = NAME.match(folder.name)
            if match is None or match["assignment"] != assignment:
                raise Refused("its name is not STUDENT+ASSIGNMENT+TIME, as nbgrader gives it")
            time = _true_time(folder, f"{assignment}.ipynb")
        except Refused as reason:
            collected.refuse(os.fsencode(folder.name).decode(errors="backslashreplace"), str(reason))
            continue
        when = HandedIn(time, "the exchange")
        found.append((Entry(folder.name, match["student"], "", f"{assignment}.ipynb", when), time))
    return sorted(found, key=lambda one: one[1], reverse=True)


def _true_time(folder: Path, file: str) -> datetime.datetime:
    """Return when a folder was handed in: the time in its name, or that of the file's last change if that is later.

    The name is the student's to choose, the time of the last change is the system's. Raises Refused for no such time.
    """
    said = _time(folder.name)
    if said.year < FIRST_YEAR:
        raise Refused("the time in its name is long ago")
    if said > _tomorrow():
        raise Refused("the time in its name lies in the future")
    try:
        changed = datetime.datetime.fromtimestamp((folder / file).lstat().st_ctime, datetime.UTC).replace(tzinfo=None)
    except (OSError, ValueError, OverflowError):  # what cannot be read is refused when it is
        return said
    return changed if said + TOLERANCE < changed <= _tomorrow() else said


def _time(name: str) -> datetime.datetime:
    """Return the time in a folder's name, in UTC. Raises Refused where there is none."""
    try:
        return cast(datetime.datetime, parse_utc(name.split("+")[2]))
    except (ValueError, OverflowError, TypeError):
        raise Refused("its name is not STUDENT+ASSIGNMENT+TIME, as nbgrader gives it") from None


def _tomorrow() -> datetime.datetime:
    """Return a time that nothing handed in by now can have, whatever the clock of another machine says."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None) + datetime.timedelta(days=1)


def _account(student: str) -> int | None:
    """Return the number of the student's account on this system, or None where there is none of that name."""
    try:
        return pwd.getpwnam(student).pw_uid
    except KeyError:
        return None


def _keep_secret(inbound: Path, name: str, kept: Path, owner: int | None) -> None:
    """Write the submission's secret, if it has one, in place of that of a version before."""
    kept.unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError, Refused):
        kept.write_bytes(read_plain(inbound, name, SECRET, most=LARGEST, owner=owner))
