"""Read files that other people put there: no link is followed, nothing large is read, and a refusal is a sentence.
And write our own whole, or not at all.

What lies under `submitted/`, in the exchange and in the folders of a course was written by students, by a platform or
by a careless copy. A name there can lead anywhere, a file can be a pipe that never ends or a hole of six gigabytes.
"""

from __future__ import annotations

import errno
import os
import pwd
import stat
from contextlib import ExitStack
from pathlib import Path

__all__ = ["LARGEST", "Refused", "owner_name", "read_plain", "strange_name", "write_whole"]

LARGEST = 64 << 20
"""Bytes of a notebook that are read at all, its outputs included: pictures, and warnings by the ten thousand."""


class Refused(ValueError):
    """A file that is not read. The text says why, for the person whose file it is."""


def read_plain(folder: Path, *names: str, most: int = LARGEST, owner: int | None = None) -> bytes:
    """Return the content of the plain file `folder`/names[0]/.../names[-1].

    folder: a place of our own, whose path is believed. names: what somebody else named; each must be one step down.
    most: the largest size in bytes that is read. owner: the number of the user whom all of it has to belong to.
    Raises FileNotFoundError where there is nothing of that name, and Refused for a link anywhere among `names`, for
    what is no plain file, for one larger than `most`, for one that cannot be opened, and for one of another owner.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     _ = (Path(place) / "note.txt").write_text("seen")
    ...     read_plain(Path(place), "note.txt")
    b'seen'
    """
    for name in names:
        if name in ("", ".", "..") or "/" in name or "\0" in name:
            raise Refused(f"{name!r} is not the name of a file in a folder")
    plain = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with ExitStack() as opened:
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        about = os.fstat(place)
        opened.callback(os.close, place)
        for step, name in enumerate(names):
            last = step == len(names) - 1
            try:
                place = os.open(name, plain if last else plain | os.O_DIRECTORY, dir_fd=place)
            except FileNotFoundError:
                raise
            except OSError as error:
                raise Refused(_why(name, error)) from error
            opened.callback(os.close, place)
            about = os.fstat(place)
            if owner is not None and about.st_uid != owner:
                raise Refused(f"{name} belongs to {owner_name(about.st_uid)}, not to {owner_name(owner)}")
        if not stat.S_ISREG(about.st_mode):
            raise Refused(f"{names[-1]} is not a plain file")
        if about.st_size > most:
            raise Refused(f"{names[-1]} has {about.st_size:,} bytes; at most {most:,} are read")
        with open(place, "rb", closefd=False) as file:
            content = file.read(most + 1)
    if len(content) > most:  # it grew while it was read
        raise Refused(f"{names[-1]} has more than {most:,} bytes")
    return content


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file as a whole or not at all, whatever ends the process: text as UTF-8. Its folder is there."""
    beside = path.with_name(f".{path.name}.partial")
    beside.write_bytes(content.encode() if isinstance(content, str) else content)
    os.replace(beside, path)


def owner_name(number: int) -> str:
    """Return the name of a user, or the number if there is no name."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def strange_name(name: str) -> str | None:
    """Return why a folder's name cannot stand for a student, or None for one that can.

    The system's names are bytes: what is not UTF-8 arrives here as half of a character, which no database, page or
    table can hold.
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    return None if name.isprintable() else "its name has characters that cannot be shown"


def _why(name: str, error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return f"{name} is a link, which is not followed, or not a folder"
    return f"{name} cannot be opened: {error.strerror}"
