"""When a submission was handed in, and who says so. A time is known or unknown; that of zipping or copying is none.

Beside a notebook lie `timestamp.txt`, as nbgrader writes it, where the time is known, and `handed_in.json` with the
rest: what says it, whether the platform marked it as late, and which upload it was.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
from dataclasses import asdict, dataclass
from typing import cast

from nbgrader.utils import parse_utc

from autograder.course import Course
from autograder.files import read_plain, write_whole

__all__ = ["HandedIn", "handed_in", "keep", "plausible"]

FILE, STAMP = "handed_in.json", "timestamp.txt"
YEARS = 1980, 9000
MOST = 10_000


@dataclass(frozen=True)
class HandedIn:
    """time: in UTC without a zone, as nbgrader keeps times, or None where nobody knows it. source: what says so.

    late: what the platform says of it, None where it says nothing. version: of the upload, where the platform counts.
    """

    time: datetime.datetime | None
    source: str
    late: bool | None = None
    version: int = 0

    @property
    def known(self) -> bool:
        """Return whether there is a time."""
        return self.time is not None


def plausible(time: datetime.datetime) -> bool:
    """Return whether sums with this time stay in the calendar."""
    return YEARS[0] <= time.year < YEARS[1]


def keep(course: Course, assignment: str, student: str, when: HandedIn) -> None:
    """Write down when a submission was handed in, beside it. An older word on it is gone."""
    folder = course.notebook("submitted", assignment, student).parent
    said = asdict(when) | {"time": when.time.isoformat() if when.time else None}
    texts = {FILE: json.dumps(said, indent=1) + "\n", STAMP: f"{when.time} UTC" if when.time else None}
    for name, text in texts.items():
        if text is None:
            (folder / name).unlink(missing_ok=True)
        else:
            write_whole(folder / name, text)


def handed_in(course: Course, assignment: str, student: str) -> HandedIn:
    """Return when a submission was handed in, by what lies beside it; else by the file's own time.

    A time before 1980 or after 9000 is none, and what cannot be read says nothing.
    """
    folder, said = course.root / "submitted", dict[str, object]()
    with contextlib.suppress(OSError, ValueError):
        read = json.loads(read_plain(folder, student, assignment, FILE, most=MOST))
        said = read if isinstance(read, dict) else {}
    late = said.get("late") if isinstance(said.get("late"), bool) else None
    version = said["version"] if type(said.get("version")) is int else 0
    source = str(said.get("source") or f"{STAMP} beside it")[:200]
    with contextlib.suppress(OSError, ValueError, OverflowError):
        stamp = read_plain(folder, student, assignment, STAMP, most=1000).decode().strip()
        when = cast(datetime.datetime, parse_utc(stamp))
        if plausible(when):
            return HandedIn(when, source, cast("bool | None", late), cast(int, version))
    if said:
        return HandedIn(None, source, cast("bool | None", late), cast(int, version))
    with contextlib.suppress(OSError, ValueError, OverflowError):
        seconds = os.lstat(course.notebook("submitted", assignment, student)).st_mtime
        when = datetime.datetime.fromtimestamp(seconds, datetime.UTC).replace(tzinfo=None)
        if plausible(when):
            return HandedIn(when, "the file's own time")
    return HandedIn(None, "nothing")
