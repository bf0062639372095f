"""When submissions were handed in, out of a file that a learning management system exports beside its archive.

Known are Canvas's list of submissions from its API (JSON: user_id, submitted_at, late), Moodle's grading worksheet
(CSV: Identifier, "Last modified (submission)"), and any CSV with the columns lms_id and submitted_at.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import zoneinfo
from pathlib import Path
from typing import Any

from dateutil import parser

from autograder.gradebook.handed_in import HandedIn, plausible
from autograder.lms.system import digits

__all__ = ["read_times"]

COLUMNS = (("lms_id", "submitted_at"), ("Identifier", "Last modified (submission)"), ("ID", "Submitted At"))
"""Who and when, in a CSV file; the first pair that is there counts."""
MOST = 64 << 20


def read_times(path: Path, zone: str = "UTC") -> dict[str, HandedIn]:
    """Return, by the system's id of a student, when the submission was handed in. An entry without a time is left out.

    zone: of times that name none, such as Moodle's: "Europe/Zurich".
    Raises ValueError, naming the file and the row, for what is no such file or no time, and for an unknown zone.
    """
    try:
        known = zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"zone: got {zone!r}, expected a name such as Europe/Zurich") from error
    if path.stat().st_size > MOST:
        raise ValueError(f"{path}: got {path.stat().st_size:,} bytes, expected at most {MOST:,}")
    text, found = path.read_text(encoding="utf-8-sig"), dict[str, HandedIn]()
    rows = _of_json(path, text) if text.lstrip()[:1] in ("[", "{") else _of_csv(path, text)
    for number, (student, said, late) in enumerate(rows, 1):
        if not said or said.strip() in ("-", ""):
            continue
        try:
            time = parser.parse(said)
            time = (time if time.tzinfo else time.replace(tzinfo=known)).astimezone(datetime.UTC).replace(tzinfo=None)
            if not plausible(time):
                raise ValueError
        except (ValueError, OverflowError):
            raise ValueError(f"{path}: got the time {said!r} in entry {number}, expected a day and a time") from None
        found[digits(student) or student] = HandedIn(time, path.name, late)
    return found


def _of_csv(path: Path, text: str) -> list[tuple[str, str, bool | None]]:
    """Return who, when and no word on lateness, of a table."""
    table = csv.DictReader(io.StringIO(text))
    header = list(table.fieldnames or ())
    pair = next((pair for pair in COLUMNS if set(pair) <= set(header)), None)
    if pair is None:
        raise ValueError(f"{path}: got columns {header}, expected {' or '.join(' and '.join(one) for one in COLUMNS)}")
    return [(row[pair[0]] or "", row[pair[1]] or "", None) for row in table]


def _of_json(path: Path, text: str) -> list[tuple[str, str, bool | None]]:
    """Return who, when and whether late, of the list that Canvas's API gives."""
    try:
        said: Any = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{path}: got text that is no JSON ({error}), expected a list of submissions") from error
    if not isinstance(said, list) or not all(isinstance(one, dict) and "user_id" in one for one in said):
        raise ValueError(f"{path}: got JSON of another form, expected a list of objects with user_id and submitted_at")
    return [(str(one["user_id"]), str(one.get("submitted_at") or ""), _truth(one.get("late"))) for one in said]


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
