"""Zip archives that nobody has checked: read within bounds, entry by entry, and never unpacked by their own names."""

from __future__ import annotations

import datetime
import io
import stat
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath

from autograder.files import Refused

__all__ = ["LARGEST", "WHOLE", "content", "open_archive", "refuse_unsafe", "time_of"]

LARGEST = 64 << 20
"""Bytes of one notebook, pictures and warnings in its outputs included."""

WHOLE = 2 << 30
"""Bytes of all notebooks of an archive together."""

ENTRIES = 20_000
"""Entries of an archive."""

DIRECTORY = 24 << 20
"""Bytes of an archive that are read at once: its directory, or more than a notebook."""


class _Bounded(io.FileIO):
    """Give out little of a file at once: zipfile takes a whole directory, whatever size it claims to have."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > DIRECTORY:
            raise zipfile.BadZipFile("too much at once")
        return super().read(size) or b""


@contextmanager
def open_archive(path: Path, kind: str) -> Iterator[zipfile.ZipFile]:
    """Open an archive and read its directory.

    kind: what was expected, for the message. Raises ValueError for a file that is no zip archive, that is damaged as
    a whole, which shows in many ways, or that has too many entries.
    """
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(zipfile.ZipFile(stack.enter_context(_Bounded(path))))
        except Exception as error:
            raise ValueError(f"archive: got {path} ({error}), expected {kind}") from error
        if len(opened.infolist()) > ENTRIES:
            raise ValueError(f"archive: got {len(opened.infolist())} entries, expected at most {ENTRIES}")
        yield opened


def refuse_unsafe(info: zipfile.ZipInfo) -> None:
    """Raise Refused for an entry that leads out of the archive, is no plain file, or cannot be read within bounds."""
    name, kind = info.filename, info.external_attr >> 16
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
        raise Refused("its name leads out of the archive")
    if kind and stat.S_IFMT(kind) not in (0, stat.S_IFREG):
        raise Refused("it is a link or a device, not a file")
    if info.flag_bits & 1:
        raise Refused("it is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # zipfile unpacks others without bound
        raise Refused("it is packed in a way that no known system uses")


def time_of(info: zipfile.ZipInfo) -> datetime.datetime:
    """Return the time that the archive gives to an entry. Raises Refused when there is no such time."""
    try:
        return datetime.datetime(*info.date_time)
    except ValueError:
        raise Refused("its time is none") from None


def content(opened: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """Return an entry's bytes. Raises Refused for more than `most`, whatever the archive says, and for damaged ones.

    How small it was packed says nothing: sixty thousand equal warnings in an honest notebook pack as a bomb does.
    """
    if info.file_size > most:
        raise Refused(f"it would unpack to {info.file_size} bytes")
    try:
        with opened.open(info) as file:
            data = file.read(most + 1)
    except Exception as error:  # a damaged archive fails in many ways
        raise Refused(f"it cannot be unpacked: {type(error).__name__}") from None
    if len(data) > most:
        raise Refused(f"it unpacks to more than {most} bytes")
    return data
