"""The batch: every submission that is new or has changed, side by side, each reported only when it is safely recorded.

One job of work is one submission of one assignment (`grade_one`). It runs in a process of its own pool and touches
neither gradebook nor files; the parent writes. So a kill at any moment loses nothing that was reported.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections import Counter
from collections.abc import Generator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from tqdm import tqdm

from autograder.batch.job import Job, grade_one, key, version
from autograder.batch.workers import INFRASTRUCTURE, WorkerLost, on_dask, on_processes
from autograder.checks.english import listed
from autograder.course import Course
from autograder.files import Refused, read_plain, strange_name, write_whole
from autograder.gradebook.gradebook import back_up, record, register
from autograder.gradebook.ledger import settle
from autograder.judge import derive_seed
from autograder.sandbox import Limits

__all__ = ["Batch", "grade"]

TRIES = 3
ASIDE = "it ended the process that graded it, twice, and was set aside; all others were graded"


@dataclass(frozen=True)
class Batch:
    """How a batch ended. failed: (student, assignment, reason) of what the machinery could not grade, after retries.

    changed: (student, assignment, points before, points now) of what was graded before and has other points now.
    """

    graded: int
    skipped: int
    failed: list[tuple[str, str, str]]
    seconds: float
    changed: list[tuple[str, str, float, float]] = field(default_factory=list)


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
    cold: bool = False,
) -> Batch:
    """Grade what is new or changed: of one assignment or student, or of all.

    jobs: processes side by side, default one per core. again: grade unchanged submissions too.
    unsafe: grade without a sandbox where there is none. Infrastructure failures are tried three times.
    scheduler: the address of a Dask scheduler, tcp://host:8786, whose workers grade in place of local processes.
    cold: start a sandbox for each submission, in place of one for each process; slower, and the verdicts are the same.
    An interrupt stops at once: what was reported is kept, the rest is graded next time.
    """
    began, limits = time.monotonic(), limits or Limits()
    wanted = _wanted(course, assignment, student)
    for name in sorted({a for _, a in wanted}):
        register(course, name)
    secret = course.secret()
    allowed = {name: limits.of(course.source(name)) for name in sorted({a for _, a in wanted})}

    def load(who: tuple[str, str]) -> Job:
        student, name = who
        submission, said = _submission(course, student, name)
        source = course.notebook("source", name).read_text(encoding="utf-8")
        seed = derive_seed(secret, name, student, submission or b"")
        return Job(student, name, submission, source, seed, allowed[name], version(name, source), unsafe, cold, said)

    failed = [(ascii(s), a, why) for s, a in wanted if (why := strange_name(s)) is not None]
    wanted = [(s, a) for s, a in wanted if strange_name(s) is None]
    todo = [who for who in wanted if again or not _is_current(course, load(who))]
    if todo:
        back_up(course)
    audit = course.root / "audit" / f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.jsonl"
    audit.parent.mkdir(parents=True, exist_ok=True)
    graded, changed = 0, []
    bar = tqdm(total=len(todo), disable=not progress, unit="submission", dynamic_ncols=True)
    with bar, contextlib.closing(_run(todo, load, jobs or os.cpu_count() or 1, scheduler)) as outcomes:
        for who, outcome, tries in outcomes:
            if isinstance(outcome, dict):
                before, now = _keep(course, load(who), outcome, audit, tries)
                graded += 1
                if before is not None and abs(before - now) > 1e-9:
                    changed.append((*who, before, now))
            else:
                failed.append((*who, str(outcome)))
                _log(audit, {"student": who[0], "assignment": who[1], "failed": str(outcome), "tries": tries})
            bar.update()
    if wanted:
        settle(course)
    return Batch(graded, len(wanted) - len(todo), failed, time.monotonic() - began, changed)


def _wanted(course: Course, assignment: str | None, student: str | None) -> list[tuple[str, str]]:
    """Return (student, assignment) of what is asked for. Raise ValueError for one of either that is not there."""
    there = course.submissions()
    for name, got, known in (
        ("assignment", assignment, course.assignments()),
        ("student", student, sorted({s for s, _ in there})),
    ):
        if got is not None and got not in known:
            raise ValueError(f"{name}: got {got!r}, expected {listed(known, 12) or 'nobody, for nothing is handed in'}")
    return [(s, a) for s, a in there if assignment in (None, a) and student in (None, s)]


def _submission(course: Course, student: str, assignment: str) -> tuple[bytes | None, str]:
    """Return what was handed in, with a remark on its file or none; or nothing, and why."""
    try:
        file = _file(course, student, assignment)
        remark = "" if file == f"{assignment}.ipynb" else f"The file is called {file}, not {assignment}.ipynb."
        return read_plain(course.root / "submitted", student, assignment, file), remark
    except Refused as why:
        return None, str(why)
    except FileNotFoundError:
        return None, "there is no file"


def _file(course: Course, student: str, assignment: str) -> str:
    """Return the name of the notebook that was handed in: the assignment's, or else that of the only one there is.

    Raise Refused where there are several, and none has the assignment's name.
    """
    folder = course.root / "submitted" / student / assignment
    names = sorted(path.name for path in folder.glob("*.ipynb"))
    if f"{assignment}.ipynb" in names or not names:
        return f"{assignment}.ipynb"
    if len(names) > 1:
        raise Refused(f"none of the files {', '.join(names)} is called {assignment}.ipynb")
    return names[0]


def _run(
    todo: list[tuple[str, str]], load: Any, jobs: int, scheduler: str | None
) -> Generator[tuple[tuple[str, str], Any, int], None, None]:
    """Yield ((student, assignment), result or the failure after the last try, tries), as they end.

    What a process was lost over is tried once more, after all others; then it is set aside.
    """
    left, lost = todo, Counter[tuple[str, str]]()
    for attempt in range(1, TRIES + 1):
        retry: list[tuple[str, str]] = []
        if not left:
            return
        ended = (
            on_dask(scheduler, grade_one, left, load)
            if scheduler
            else on_processes(min(jobs, len(left)), grade_one, left, load)
        )
        with contextlib.closing(ended):
            for who, outcome in ended:
                lost[who] += isinstance(outcome, WorkerLost)
                if lost[who] > 1:
                    yield who, WorkerLost(ASIDE), attempt
                elif isinstance(outcome, INFRASTRUCTURE) and attempt < TRIES:
                    retry.append(who)
                else:  # a result, the last try, or a fault of this program, which is told and not repeated
                    yield who, outcome, attempt
        left = retry


def _is_current(course: Course, job: Job) -> bool:
    """Return whether this very submission was graded with these very cases, and that is on record."""
    path = course.notebook("autograded", job.assignment, job.student)
    try:
        return json.loads(path.read_text(encoding="utf-8"))["metadata"]["rnn_course"]["key"] == key(job)
    except (OSError, ValueError, KeyError):
        return False


def _keep(course: Course, job: Job, result: dict[str, Any], audit: Path, tries: int) -> tuple[float | None, float]:
    """Write the gradebook first, then the record, the graded notebook last: only that file says that it is done.

    Return the points of the tests before, None where there were none, and now.

    After a kill in between a submission is graded again, with the same result: the record then tells of both times.
    """
    notebook = nbformat.reads(result["notebook"], as_version=4)
    score = record(course, job.assignment, job.student, notebook)
    summary = {name: result[name] for name in ("verdicts", "remarks", "error", "seconds", "peak", "sandboxed")}
    notebook.metadata["rnn_course"] = {"key": result["key"], "score": score, **summary}
    entry = {"student": job.student, "assignment": job.assignment, "score": score, "tries": tries, "seed": job.seed}
    entry |= {"submission": result["submission"], "cases": job.version, "limits": asdict(job.limits), **summary}
    _log(audit, entry)
    path = course.notebook("autograded", job.assignment, job.student)
    before = _points(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, nbformat.writes(notebook))
    return before, sum(verdict["score"] for verdict in result["verdicts"])


def _points(path: Path) -> float | None:
    """Return the points of the tests in a graded notebook, None where there is none."""
    try:
        verdicts = json.loads(path.read_text(encoding="utf-8"))["metadata"]["rnn_course"]["verdicts"]
        return float(sum(verdict["score"] for verdict in verdicts))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _log(audit: Path, entry: dict[str, Any]) -> None:
    with open(audit, "a", encoding="utf-8") as file:
        file.write(json.dumps({"time": time.time(), **entry}) + "\n")
