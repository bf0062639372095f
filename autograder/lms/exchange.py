"""Submissions out of nbgrader's exchange: folders into which students write themselves.

nbgrader's own collecting follows a link that lies there, with the instructor's rights and so to the instructor's
answers; this one does not.
"""

from __future__ import annotations

import contextlib
import datetime
import glob
import pwd
import re
from pathlib import Path
from typing import cast

from nbgrader.utils import parse_utc

from autograder.course import Course
from autograder.files import Refused, read_plain
from autograder.gradebook.gradebook import handed_in, settings
from autograder.lms.archive import LARGEST
from autograder.lms.collect import Collected, Entry, hand_in, known

__all__ = ["collect_exchange"]

NAME = re.compile(r"^(?P<student>[A-Za-z0-9][A-Za-z0-9._@-]*)\+(?P<assignment>[^+]+)\+(?P<time>[^+]+)(\+[^+]*)?$")
SECRET = "submission_secret.txt"


def collect_exchange(course: Course, assignment: str) -> Collected:
    """Take what students submitted through nbgrader's exchange into course/submitted/, of each the latest.

    What is there already counts as an older version, unless it is the later one. The secret by which a student's own
    nbgrader finds the feedback comes along. Raises ValueError for an unknown assignment, and FileNotFoundError when
    nothing was ever released into the exchange.
    """
    known(course, assignment)
    config = settings(course)
    inbound = Path(str(config.Exchange.root)) / str(config.CourseDirectory.course_id) / "inbound"
    if not inbound.is_dir():
        raise FileNotFoundError(f"{inbound} is not there. Run `nbgrader release_assignment {assignment}` first.")
    collected = Collected()
    for entry in _latest_first(inbound, assignment, collected):
        path = course.notebook("submitted", assignment, entry.student)
        there = path.is_file() and entry.time <= handed_in(course, assignment, entry.student)
        if there or entry.student in collected.taken:
            collected.older.append(entry)
            continue
        try:
            data = read_plain(inbound, entry.name, path.name, most=LARGEST)
        except FileNotFoundError:
            collected.refused.append((entry.name, f"{path.name} is not in it"))
            continue
        except Refused as reason:
            collected.refused.append((entry.name, str(reason)))
            continue
        if (owner := _owner(inbound / entry.name)) != entry.student:
            collected.strange.append((entry.name, f"it says {entry.student} and belongs to {owner}"))
        hand_in(course, assignment, entry, data)
        _keep_secret(inbound, entry.name, path.with_name(SECRET))
        collected.taken[entry.student] = entry
    return collected


def _latest_first(inbound: Path, assignment: str, collected: Collected) -> list[Entry]:
    """Return what students submitted for the assignment, the latest first. Other names are noted as refused."""
    found = []
    for folder in sorted(inbound.glob(f"*+{glob.escape(assignment)}+*")):
        match = NAME.match(folder.name)
        try:
            if match is None or match["assignment"] != assignment:
                raise ValueError
            time = cast(datetime.datetime, parse_utc(match["time"]))
        except ValueError:
            collected.refused.append((folder.name, "its name is not STUDENT+ASSIGNMENT+TIME, as nbgrader gives it"))
            continue
        found.append(Entry(folder.name, match["student"], "", False, 0, time))
    return sorted(found, key=lambda entry: entry.time, reverse=True)


def _keep_secret(inbound: Path, name: str, kept: Path) -> None:
    """Write the submission's secret, if it has one, in place of that of a version before."""
    kept.unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError, Refused):
        kept.write_bytes(read_plain(inbound, name, SECRET, most=LARGEST))


def _owner(path: Path) -> str:
    """Return the name of who owns it, or the number if there is no name."""
    number = path.lstat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
