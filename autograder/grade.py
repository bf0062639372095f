"""The batch: every submission that is new or has changed, side by side, each reported only when it is safely recorded.

One unit of work is one submission of one assignment (`grade_one`). It runs in a process of its own pool and touches
neither gradebook nor files; the parent writes. So a kill at any moment loses nothing that was reported.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Generator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from tqdm import tqdm

from autograder.course import Course
from autograder.gradebook import back_up, record, register
from autograder.judge import derive_seed, grade_notebook
from autograder.sandbox import Limits
from autograder.workers import INFRASTRUCTURE, on_dask, on_processes

__all__ = ["Report", "Unit", "cases_version", "grade", "grade_one"]

PACKAGE = Path(__file__).resolve().parent
TRIES = 3


@dataclass(frozen=True)
class Unit:
    """All that grading one submission needs; it travels to another process, or another machine."""

    student: str
    assignment: str
    submission: bytes | None
    source: str
    seed: int
    limits: Limits
    unsafe: bool


@dataclass(frozen=True)
class Report:
    """How a batch ended. failed: (student, assignment, reason) of what the machinery could not grade, after retries."""

    graded: int
    skipped: int
    failed: list[tuple[str, str, str]]
    seconds: float


def grade_one(unit: Unit) -> dict[str, Any]:
    """Grade one submission. A student's failure is a verdict; InfrastructureError is the grader's own."""
    source = nbformat.reads(unit.source, as_version=4)
    graded = grade_notebook(unit.submission, source, unit.seed, unit.limits, unit.unsafe)
    return {
        "notebook": nbformat.writes(graded.notebook),
        "verdicts": [asdict(verdict) for verdict in graded.verdicts],
        "remarks": graded.remarks,
        "error": graded.error,
        "seconds": graded.seconds,
        "peak": graded.peak,
        "sandboxed": graded.sandboxed,
    }


def grade(
    course: Course,
    assignment: str | None = None,
    student: str | None = None,
    jobs: int | None = None,
    limits: Limits | None = None,
    unsafe: bool = False,
    again: bool = False,
    progress: bool = True,
    scheduler: str | None = None,
) -> Report:
    """Grade what is new or changed: of one assignment or student, or of all.

    jobs: processes side by side, default one per core. again: grade unchanged submissions too.
    unsafe: grade without a sandbox where there is none. Infrastructure failures are tried three times.
    scheduler: the address of a Dask scheduler, tcp://host:8786, whose workers grade in place of local processes.
    An interrupt stops at once: what was reported is kept, the rest is graded next time.
    """
    began, limits = time.monotonic(), limits or Limits()
    wanted = [(s, a) for s, a in course.submissions() if assignment in (None, a) and student in (None, s)]
    for name in sorted({a for _, a in wanted}):
        register(course, name)
    units = {key: _unit(course, *key, limits, unsafe) for key in wanted}
    todo = {key: unit for key, unit in units.items() if again or not _is_current(course, unit)}
    if todo:
        back_up(course)
    audit = _audit_file(course)
    failed: list[tuple[str, str, str]] = []
    bar = tqdm(total=len(todo), disable=not progress, unit="submission", dynamic_ncols=True)
    with bar, contextlib.closing(_run(todo, jobs or os.cpu_count() or 1, scheduler)) as outcomes:
        for unit, outcome, tries in outcomes:
            if isinstance(outcome, dict):
                _keep(course, unit, outcome, audit, tries)
            else:
                failed.append((unit.student, unit.assignment, str(outcome)))
                who = {"student": unit.student, "assignment": unit.assignment}
                _log(audit, {**who, "failed": str(outcome), "tries": tries})
            bar.update()
    return Report(len(todo) - len(failed), len(units) - len(todo), failed, time.monotonic() - began)


@cache
def cases_version() -> str:
    """A hash of everything a verdict depends on besides the submission: cases, checks, judge, oracle."""
    digest = hashlib.sha256()
    for root in (
        PACKAGE / "cases",
        PACKAGE / "checks",
        PACKAGE / "judge",
        PACKAGE / "sandbox",
        PACKAGE.parent / "rnncore",
    ):
        for path in sorted(root.rglob("*.py")):
            digest.update(path.relative_to(PACKAGE.parent).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _run(
    todo: dict[tuple[str, str], Unit], jobs: int, scheduler: str | None
) -> Generator[tuple[Unit, Any, int], None, None]:
    """(unit, result or the failure after the last try, tries), as they end."""
    left = list(todo.values())
    for attempt in range(1, TRIES + 1):
        retry: list[Unit] = []
        if not left:
            return
        ended = (
            on_dask(scheduler, grade_one, left) if scheduler else on_processes(min(jobs, len(left)), grade_one, left)
        )
        with contextlib.closing(ended):
            for unit, outcome in ended:
                if isinstance(outcome, INFRASTRUCTURE) and attempt < TRIES:
                    retry.append(unit)
                else:  # a result, the last try, or a fault of this program, which is told and not repeated
                    yield unit, outcome, attempt
        left = retry


def _unit(course: Course, student: str, assignment: str, limits: Limits, unsafe: bool) -> Unit:
    path = course.notebook("submitted", assignment, student)
    submission = path.read_bytes() if path.is_file() else None
    source = course.notebook("source", assignment).read_text(encoding="utf-8")
    seed = derive_seed(course.secret(), assignment, student)
    return Unit(student, assignment, submission, source, seed, limits, unsafe)


def _key(unit: Unit) -> str:
    """Equal keys give equal verdicts."""
    parts = [unit.submission or b"", unit.source.encode(), str(unit.seed).encode(), cases_version().encode(),
             repr(unit.limits).encode()]  # fmt: skip
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _is_current(course: Course, unit: Unit) -> bool:
    """Was this very submission graded with these very cases, and is that on record?"""
    path = course.notebook("autograded", unit.assignment, unit.student)
    try:
        return json.loads(path.read_text(encoding="utf-8"))["metadata"]["rnn_course"]["key"] == _key(unit)
    except (OSError, ValueError, KeyError):
        return False


def _keep(course: Course, unit: Unit, result: dict[str, Any], audit: Path, tries: int) -> None:
    """Gradebook first, the graded notebook last: only that file says that a submission is done."""
    notebook = nbformat.reads(result["notebook"], as_version=4)
    score = record(course, unit.assignment, unit.student, notebook)
    summary = {key: result[key] for key in ("verdicts", "remarks", "error", "seconds", "peak", "sandboxed")}
    notebook.metadata["rnn_course"] = {"key": _key(unit), "score": score, **summary}
    path = course.notebook("autograded", unit.assignment, unit.student)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(nbformat.writes(notebook), encoding="utf-8")
    os.replace(partial, path)
    _log(audit, {
        "student": unit.student, "assignment": unit.assignment, "score": score, "seed": unit.seed, "tries": tries,
        "submission": hashlib.sha256(unit.submission or b"").hexdigest(), "cases": cases_version(),
        "limits": asdict(unit.limits), **summary,
    })  # fmt: skip


def _audit_file(course: Course) -> Path:
    folder = course.root / "audit"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.jsonl"


def _log(audit: Path, entry: dict[str, Any]) -> None:
    with open(audit, "a", encoding="utf-8") as file:
        file.write(json.dumps({"time": time.time(), **entry}) + "\n")
