"""nbgrader's gradebook, written so that a busy database costs a wait and not a grade."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import sqlite3
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import nbformat
import nbgrader.api
from nbformat import NotebookNode
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from nbgrader.preprocessors import SaveAutoGrades, SaveCells
from nbgrader.utils import compute_checksum
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError, SAWarning
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course import Course
from autograder.gradebook.changed import adapt
from autograder.gradebook.handed_in import handed_in
from autograder.notebook import grade_id, is_solution, is_test

# SQLAlchemy warns of the order in which nbgrader adds rows. The rows are right.
warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")

# nbgrader asks the command `alembic` for the version of its tables: it must be found though no venv is activated.
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")


# nbgrader makes a new engine for each of its steps, which compiles every statement anew: half of the time of a write.
nbgrader.api.create_engine = cache(lambda url, **_: create_engine(url))

__all__ = [
    "back_up",
    "open_gradebook",
    "patiently",
    "record",
    "register",
    "scores",
    "settings",
]

P = ParamSpec("P")
T = TypeVar("T")


def patiently(work: Callable[P, T], tries: int = 8) -> Callable[P, T]:
    """Return work that is done again, after a growing wait, when the database is locked or away.

    And when another grader has just written the same row, which is then there to be found. The last failure is raised.
    """

    @wraps(work)
    def again(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(tries - 1):
            try:
                return work(*args, **kwargs)
            except (OperationalError, IntegrityError, InvalidEntry):
                time.sleep(0.05 * 2**attempt * (1 + random.random()))
        return work(*args, **kwargs)

    return again


@patiently
def register(course: Course, assignment: str) -> None:
    """Make the gradebook know an assignment, its cells and their points. What it knows already is left alone.

    One writer at a time does this, on all hosts: nbgrader deletes an assignment's cells and makes them anew.
    """
    notebook = course.source(assignment)
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader")
        if mark and not mark["solution"]:  # nbgrader's own commands compare it with what a student hands in
            mark["checksum"] = compute_checksum(cell)

    marks = [(cell.metadata.get("nbgrader", {}), cell.source) for cell in notebook.cells]
    graded = {mark["grade_id"]: (float(mark["points"]), source) for mark, source in marks if mark.get("grade")}
    with _alone(course):
        with open_gradebook(course) as gradebook:
            gradebook.update_or_create_assignment(assignment)
            known: dict[str, tuple] = {}
            with contextlib.suppress(MissingEntry):
                on_record = gradebook.find_notebook(assignment, assignment)
                sources = {cell.name: cell.source for cell in on_record.source_cells}
                known = {cell.name: (float(cell.max_score), sources.get(cell.name)) for cell in on_record.grade_cells}
            if known and known != graded:
                adapt(gradebook, assignment, notebook)
        if known != graded:
            where = {"assignment": assignment, "notebook": assignment, "db_url": course.db_url}
            SaveCells().preprocess(notebook, cast(Any, {"nbgrader": where}))


@patiently
def record(course: Course, assignment: str, student: str, notebook: NotebookNode) -> float:
    """Write the scores of a graded notebook and return their sum. Writing the same again changes nothing.

    What lateness costs is the ledger's business; the sum returned is before it.

    Scores and comments that a person gave stay. An answer to which a person has given points waits for a person again
    if its text is another one than in the graded notebook of before, which is what that person saw.
    An answer left empty, or as it was released, gets nothing and waits for nobody.
    """
    answers = {grade_id(cell): cell for cell in notebook.cells if is_test(cell) and is_solution(cell)}
    for cell in answers.values():
        if not cell.source.strip():
            cell.metadata["nbgrader"]["checksum"] = compute_checksum(cell)
    before = _texts(course.notebook("autograded", assignment, student)) if answers else {}
    same = [str(name) for name, cell in answers.items() if before.get(name) == cell.source]
    settled = _settled(course, assignment, student, same) if same else []
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_student(student)
        when = handed_in(course, assignment, student).time
        gradebook.update_or_create_submission(assignment, student, timestamp=when)
    where = {"assignment": assignment, "notebook": assignment, "student": student, "db_url": course.db_url}
    resources: Any = {"nbgrader": where}
    SaveAutoGrades().preprocess(notebook, resources)
    if settled:
        with open_gradebook(course) as gradebook:
            for name in settled:  # nbgrader asks for a look at each of them, whatever changed
                gradebook.find_grade(name, assignment, assignment, student).needs_manual_grade = False
            gradebook.db.commit()
    with open_gradebook(course) as gradebook:
        return float(gradebook.find_submission(assignment, student).score)


def settings(course: Course) -> Any:
    """Return what nbgrader_config.py of the course says; nothing if there is none."""
    if not (course.root / "nbgrader_config.py").exists():
        return Config()
    return PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()


def back_up(course: Course, keep: int = 10) -> Path | None:
    """Put a consistent copy of a SQLite gradebook in backup/ while others may write; the oldest beyond `keep` go.

    Returns its path, or None when there is no gradebook yet. For PostgreSQL that is the server's business (pg_dump),
    and None, too.
    """
    source = course.root / "gradebook.db"
    if not course.db_url.endswith(str(source)) or not source.exists():
        return None
    folder = course.root / "backup"
    folder.mkdir(exist_ok=True)
    target = folder / f"gradebook-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.db"
    partial = target.with_suffix(".partial")
    with contextlib.closing(sqlite3.connect(source)) as old, contextlib.closing(sqlite3.connect(partial)) as new:
        old.backup(new)
    os.replace(partial, target)
    others = sorted(path for path in folder.glob("gradebook-*.db") if path != target)  # a clock may have gone back
    for stale in others[: len(others) - keep + 1]:
        stale.unlink()
    return target


@patiently
def scores(course: Course) -> dict[tuple[str, str], tuple[float, float]]:
    """Return (student, assignment) -> (score, points), for everything in the gradebook."""
    with open_gradebook(course) as gradebook:
        return {
            (submission.student.id, assignment.name): (float(submission.score), float(submission.max_score))
            for assignment in gradebook.assignments
            for submission in gradebook.assignment_submissions(assignment.name)
        }


def open_gradebook(course: Course) -> Any:
    """Open nbgrader's gradebook; Any, because its annotations contradict its code."""
    return Gradebook(course.db_url)


@contextlib.contextmanager
def _alone(course: Course) -> Iterator[None]:
    """Keep everybody else out while this runs: by a lock of PostgreSQL, or of a file beside the SQLite database."""
    if course.db_url.startswith("postgresql"):
        engine = create_engine(course.db_url)
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(20261)"))  # gone with the connection, whatever happens
            try:
                yield
            finally:
                connection.invalidate()
        engine.dispose()
        return
    with open(course.root / ".registering", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _texts(path: Path) -> dict[str | None, str]:
    """Return the text of each marked cell of a graded notebook; nothing if there is none."""
    try:
        return {grade_id(cell): cell.source for cell in nbformat.read(path, as_version=4).cells}
    except (OSError, ValueError):
        return {}


def _settled(course: Course, assignment: str, student: str, cells: list[str]) -> list[str]:
    """Return those of the cells to which a person has given points, and nothing was asked since."""
    settled = []
    with open_gradebook(course) as gradebook, contextlib.suppress(MissingEntry):
        for cell in cells:
            grade = gradebook.find_grade(cell, assignment, assignment, student)
            if grade.manual_score is not None and not grade.needs_manual_grade:
                settled.append(cell)
    return settled
