"""The roster: who a student of the learning management system is in the course."""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path

__all__ = ["folder_name", "plain", "read_roster"]


def read_roster(path: Path) -> dict[str, str]:
    """Read a CSV file with a column `student` and any of `lms_id`, `lms_name`: from each of these to the student.

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
                key = plain(row.get(column) or "")
                if key and roster.setdefault(key, student) != student:
                    raise ValueError(
                        f"roster: got {row[column]!r} for {roster[key]} and {student}, expected one of them"
                    )
    return roster


def plain(text: str) -> str:
    """Return the text in small letters and digits only, without accents: 'Zoë O'Neil' -> 'zoeoneil'."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(one for one in apart if one.isalnum()))


def folder_name(text: str) -> str:
    """Return what of a name may be part of a folder's name: its plain letters of the Latin alphabet, and digits."""
    return re.sub(r"[^a-z0-9]", "", plain(text))
