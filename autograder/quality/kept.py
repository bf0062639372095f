"""Tables of a row for each exercise, which take long to make: written after each row, and gone on with where they end.

A row is kept while nothing has changed by which the verdicts on its exercise hang.
"""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from autograder.architecture import meaning, reached, sources
from autograder.checks.exercises import ROOT, exercises
from autograder.checks.solutions import assignment, assignments, home
from autograder.files import write_whole

__all__ = ["filled", "hash_of"]


def hash_of(exercise: str, *others: Path) -> str:
    """Return a hash of all by which the verdicts on an exercise hang. others: files that the row hangs by besides."""
    own = sorted(path for path in (ROOT / exercise).iterdir() if path.is_file())
    used = reached([ROOT / exercise / "cases.py"], "autograder.cases", "rnncore")
    files = [*sources("checks"), *others, *own, *used, assignment(home(exercise)).path]
    return hashlib.sha256(b"\0".join(map(meaning, files))).hexdigest()[:16]


def filled(
    file: Path | None,
    seeds: Mapping[str, int],
    measure: Callable[[str, int], dict[str, Any]],
    head: Mapping[str, Any],
    others: Iterable[Path],
    names: Iterable[str],
) -> dict[str, dict[str, Any]]:
    """Return a row for each exercise of `names`, those of the file that still hold and those that it lacked.

    file: JSON, written as a whole after each new row; its other rows stay. seeds: of each exercise.
    measure: makes the row of an exercise. head: what the file says besides. others: see `hash_of`.
    """
    others, rows = list(others), dict[str, dict[str, Any]]()
    if file is not None and file.is_file():
        for row in json.loads(file.read_text(encoding="utf-8"))["exercises"]:
            if row["exercise"] in exercises():
                rows[row["exercise"]] = row
    for name in names:
        now = hash_of(name, *others)
        if (row := rows.get(name)) is None or (row["seeds"], row.get("meaning")) != (seeds[name], now):
            rows[name] = {"assignment": home(name), "exercise": name, **measure(name, seeds[name]), "meaning": now}
            if file is not None:
                order = [name for listed in assignments().values() for name in listed if name in rows]
                _write(file, {**head, "exercises": [rows[name] for name in order]})
    return rows


def _write(file: Path, found: dict[str, Any]) -> None:
    """Write the file, as a whole or not at all, with the day and the machine."""
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    said = {"command": found.pop("command"), "date": time.strftime("%Y-%m-%d"), "machine": machine, **found}
    write_whole(file, json.dumps(said, indent=1) + "\n")
