"""Submissions out of the zip files that Canvas and Moodle give, or of nbgrader's exchange, into the folders that
grading reads.

An archive is not trusted. Nothing is unpacked by its own name: each entry's name is only read for who handed in what,
and its bytes are written to a path made here. What is refused is told, with the reason, and stops nothing else.

Which of several files of one student counts: the one handed in last. Canvas numbers repeated uploads (-1, -2, ...),
so there the highest number; otherwise the latest time in the archive; among equals the last in the archive.
A file that came late counts, and its time is written beside it: what lateness costs is the late policy's business.

Into the exchange students write themselves. nbgrader's own collecting follows a link that lies there, with the
instructor's rights and so to the instructor's answers; this one does not.
"""

from __future__ import annotations

import csv
import datetime
import errno
import glob
import io
import os
import pwd
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import cast

from nbgrader.utils import parse_utc

from autograder.course import Course
from autograder.gradebook.gradebook import handed_in, settings

__all__ = ["Collected", "Entry", "collect", "collect_exchange", "read_roster"]

LARGEST, WHOLE, ENTRIES, RATIO = 16 << 20, 2 << 30, 20_000, 200
"""Bytes of one notebook, bytes of all together, entries of an archive, and how much a file may shrink when packed."""

DIRECTORY = 24 << 20
"""Bytes of an archive that are read at once: its directory, or more than a notebook."""

CANVAS = re.compile(r"^(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<id>[0-9]{1,20})_[0-9]+_(?P<file>.+)$")
MOODLE = re.compile(r"^(?P<name>[^/]+)_(?P<id>[0-9]{1,20})_assignsubmission_file_?/(?P<file>.+)$")
EXCHANGE = re.compile(r"^(?P<student>[A-Za-z0-9][A-Za-z0-9._@-]*)\+(?P<assignment>[^+]+)\+(?P<time>[^+]+)(\+[^+]*)?$")


@dataclass(frozen=True)
class Entry:
    """One file of an archive, or one folder of the exchange, and who handed it in.

    id: the number that Canvas or Moodle gives the student; nothing for the exchange.
    """

    name: str
    student: str
    id: str
    late: bool
    version: int
    time: datetime.datetime


@dataclass
class Collected:
    """taken: student -> the entry that counts. older: entries that a later one replaced. refused: (entry, reason).
    strange: (entry, why) of what was taken and deserves a look.
    """

    taken: dict[str, Entry] = field(default_factory=dict)
    older: list[Entry] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    strange: list[tuple[str, str]] = field(default_factory=list)


def collect(course: Course, archive: Path, assignment: str, roster: dict[str, str] | None = None) -> Collected:
    """Take the submissions of one assignment out of a zip file of Canvas or Moodle into course/submitted/.

    roster: from the LMS's number, or its name for a student, to the course's student id; see `read_roster`.
    Students that are not on it are refused. Without a roster the id is the name in plain letters and the number.
    Raises ValueError for a file that is no zip archive, is damaged as a whole or has too many entries, and for an
    unknown assignment.
    """
    if assignment not in course.assignments():
        raise ValueError(f"assignment: got {assignment!r}, expected one of {course.assignments()}")
    collected, budget = Collected(), WHOLE
    with _open(archive) as opened:
        if len(opened.infolist()) > ENTRIES:
            raise ValueError(f"archive: got {len(opened.infolist())} entries, expected at most {ENTRIES}")
        chosen: dict[str, tuple[Entry, zipfile.ZipInfo]] = {}
        for info in opened.infolist():
            if info.filename.endswith("/"):
                continue
            entry, reason = _read_name(info, roster)
            if entry is None:
                collected.refused.append((info.filename, reason))
                continue
            before = chosen.get(entry.student)
            if before is not None and (before[0].version, before[0].time) > (entry.version, entry.time):
                collected.older.append(entry)
                continue
            if before is not None:
                collected.older.append(before[0])
            chosen[entry.student] = entry, info
        for student, (entry, info) in sorted(chosen.items()):
            content, reason = _read_bytes(opened, info, min(LARGEST, budget))
            if content is None:
                collected.refused.append((entry.name, reason))
                continue
            budget -= len(content)
            _write(course, assignment, student, content, entry)
            collected.taken[student] = entry
    return collected


def collect_exchange(course: Course, assignment: str) -> Collected:
    """Take what students submitted through nbgrader's exchange into course/submitted/, of each the latest.

    What is there already counts as an older version, unless it is the later one. The secret by which a student's own
    nbgrader finds the feedback comes along. Raises ValueError for an unknown assignment, and FileNotFoundError when
    nothing was ever released into the exchange.
    """
    if assignment not in course.assignments():
        raise ValueError(f"assignment: got {assignment!r}, expected one of {course.assignments()}")
    config = settings(course)
    inbound = Path(str(config.Exchange.root)) / str(config.CourseDirectory.course_id) / "inbound"
    if not inbound.is_dir():
        raise FileNotFoundError(f"{inbound} is not there. Run `nbgrader release_assignment {assignment}` first.")
    collected, found = Collected(), []
    for folder in sorted(inbound.glob(f"*+{glob.escape(assignment)}+*")):
        match = EXCHANGE.match(folder.name)
        try:
            if match is None or match["assignment"] != assignment:
                raise ValueError
            time = cast(datetime.datetime, parse_utc(match["time"]))
        except ValueError:
            collected.refused.append((folder.name, "its name is not STUDENT+ASSIGNMENT+TIME, as nbgrader gives it"))
            continue
        found.append(Entry(folder.name, match["student"], "", False, 0, time))
    found.sort(key=lambda entry: entry.time, reverse=True)
    for entry in found:
        path = course.notebook("submitted", assignment, entry.student)
        there = path.is_file() and entry.time <= handed_in(course, assignment, entry.student)
        if there or entry.student in collected.taken:
            collected.older.append(entry)
            continue
        content, reason = _read_inside(inbound / entry.name, f"{assignment}.ipynb")
        if content is None:
            collected.refused.append((entry.name, reason))
            continue
        secret, _ = _read_inside(inbound / entry.name, "submission_secret.txt")
        owner = _owner(inbound / entry.name)
        if owner != entry.student:
            collected.strange.append((entry.name, f"it says {entry.student} and belongs to {owner}"))
        _write(course, assignment, entry.student, content, entry)
        kept = path.with_name("submission_secret.txt")
        kept.unlink(missing_ok=True)  # of a version before
        if secret is not None:
            kept.write_bytes(secret)
        collected.taken[entry.student] = entry
    return collected


def read_roster(path: Path) -> dict[str, str]:
    """A CSV file with a column `student` and any of `lms_id`, `lms_name`: from each of these to the student.

    Raises ValueError for a missing column, an id that is no good name of a folder, or a key that two students share.
    """
    roster: dict[str, str] = {}
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        columns = set(rows.fieldnames or ())
        if "student" not in columns or not columns & {"lms_id", "lms_name"}:
            raise ValueError(f"roster: got columns {sorted(columns)}, expected student and lms_id or lms_name")
        for row in rows:
            student = (row["student"] or "").strip()
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", student):
                raise ValueError(
                    f"roster: got the student {student!r}, expected letters, digits, and . _ - between them"
                )
            for column in ("lms_id", "lms_name"):
                key = _plain(row.get(column) or "")
                if key and roster.setdefault(key, student) != student:
                    raise ValueError(
                        f"roster: got {row[column]!r} for {roster[key]} and {student}, expected one of them"
                    )
    return roster


class _Bounded(io.FileIO):
    """A file of which nobody gets much at once: zipfile takes a whole directory, whatever size it claims to have."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > DIRECTORY:
            raise zipfile.BadZipFile("too much at once")
        return super().read(size) or b""


@contextmanager
def _open(archive: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, its directory read. Raises ValueError if that fails, which it does in many ways."""
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(zipfile.ZipFile(stack.enter_context(_Bounded(archive))))
        except Exception as error:
            expected = "expected a zip file as Canvas or Moodle gives it"
            raise ValueError(f"archive: got {archive} ({error}), {expected}") from error
        yield opened


def _read_name(info: zipfile.ZipInfo, roster: dict[str, str] | None) -> tuple[Entry | None, str]:
    """Who handed in this entry; or None and why it is refused."""
    name, kind = info.filename, info.external_attr >> 16
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
        return None, "its name leads out of the archive"
    if kind and stat.S_IFMT(kind) not in (0, stat.S_IFREG):
        return None, "it is a link or a device, not a file"
    if info.flag_bits & 1:
        return None, "it is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # zipfile unpacks others without bound
        return None, "it is packed in a way that Canvas and Moodle do not use"
    match = MOODLE.match(name) or (CANVAS.match(name) if len(parts) == 1 else None)
    if match is None:
        return None, "its name is neither Canvas's NAME_ID_NUMBER_FILE nor Moodle's NAME_ID_assignsubmission_file_/FILE"
    if not match["file"].lower().endswith(".ipynb"):
        return None, "it is no notebook"
    try:
        time = datetime.datetime(*info.date_time)
    except ValueError:
        return None, "its time is none"
    if roster is None:
        student = f"{_plain(match['name'])[:60] or 'student'}-{match['id']}"
    else:
        student = roster.get(match["id"]) or roster.get(_plain(match["name"])) or ""
        if not student:
            return None, "this student is not on the roster"
    repeated = re.search(r"-([0-9]{1,4})\.ipynb$", match["file"], re.IGNORECASE)
    version = int(repeated[1]) if repeated and "late" in match.groupdict() else 0
    return Entry(name, student, match["id"], bool(match.groupdict().get("late")), version, time), ""


def _read_bytes(opened: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> tuple[bytes | None, str]:
    """The content, never more of it than allowed, whatever the archive says its size is."""
    if info.file_size > most or info.file_size > RATIO * max(info.compress_size, 1) + 65536:
        return None, f"it would unpack to {info.file_size} bytes"
    try:
        with opened.open(info) as file:
            content = file.read(most + 1)
    except Exception as error:  # a damaged archive fails in many ways
        return None, f"it cannot be unpacked: {type(error).__name__}"
    if len(content) > most:
        return None, f"it unpacks to more than {most} bytes"
    return content, ""


def _read_inside(folder: Path, name: str) -> tuple[bytes | None, str]:
    """The content of a plain file in a plain folder. A link is not followed, whatever it leads to."""
    kept = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        inside = os.open(folder, kept | os.O_DIRECTORY)
        try:
            file = os.open(name, kept, dir_fd=inside)
        finally:
            os.close(inside)
    except OSError as error:
        link = error.errno in (errno.ELOOP, errno.ENOTDIR)
        return None, f"it, or {name} in it, is a link" if link else f"{name} in it cannot be opened: {error.strerror}"
    with open(file, "rb") as opened:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            return None, f"{name} in it is no file"
        content = opened.read(LARGEST + 1)
    return (None, f"{name} in it has more than {LARGEST} bytes") if len(content) > LARGEST else (content, "")


def _owner(path: Path) -> str:
    """The name of who owns it, or the number if there is no name."""
    number = path.lstat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _write(course: Course, assignment: str, student: str, content: bytes, entry: Entry) -> None:
    """The notebook under the assignment's own name, and when it was handed in, as nbgrader writes it."""
    path = course.notebook("submitted", assignment, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    for target, data in [(path, content), (path.with_name("timestamp.txt"), f"{entry.time} UTC".encode())]:
        partial = target.with_suffix(".partial")
        partial.write_bytes(data)
        os.replace(partial, target)


def _plain(text: str) -> str:
    """Small plain letters and digits only: 'Zoë O'Neil' -> 'zoeoneil'."""
    text = unicodedata.normalize("NFKD", text)
    return re.sub(r"[^a-z0-9]", "", text.encode("ascii", "ignore").decode().lower())
