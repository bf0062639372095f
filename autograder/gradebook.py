"""nbgrader's gradebook, written so that a busy database costs a wait and not a grade."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import os
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import SaveAutoGrades, SaveCells
from nbgrader.utils import compute_checksum
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError, SAWarning

from autograder.course import Course

# SQLAlchemy warns of the order in which nbgrader adds rows. The rows are right.
warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")

# nbgrader asks the command `alembic` for the version of its tables: it must be found though no venv is activated.
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")

__all__ = ["open_gradebook", "patiently", "record", "register", "scores"]

T = TypeVar("T")


def register(course: Course, assignment: str) -> None:
    """Make the gradebook know an assignment, its cells and their points. What it knows already is left alone.

    One writer at a time does this, on all hosts: nbgrader deletes an assignment's cells and makes them anew.
    """
    notebook = course.source(assignment)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader"):  # nbgrader's own commands compare it with what a student hands in
            cell.metadata["nbgrader"]["checksum"] = compute_checksum(cell)

    def write() -> None:
        with open_gradebook(course) as gradebook:
            gradebook.update_or_create_assignment(assignment)
            known = _known_cells(gradebook, assignment)
        if known != _graded_cells(notebook):
            SaveCells().preprocess(notebook, _resources(course, assignment))

    with _alone(course):
        patiently(write)


def record(course: Course, assignment: str, student: str, notebook: NotebookNode) -> float:
    """Write the scores of a graded notebook and return their sum. Writing the same again changes nothing."""

    def write() -> float:
        with open_gradebook(course) as gradebook:
            gradebook.update_or_create_student(student)
            now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
            gradebook.update_or_create_submission(assignment, student, timestamp=now)
        SaveAutoGrades().preprocess(notebook, _resources(course, assignment, student))
        with open_gradebook(course) as gradebook:
            return float(gradebook.find_submission(assignment, student).score)

    return patiently(write)


def scores(course: Course) -> dict[tuple[str, str], tuple[float, float]]:
    """(student, assignment) -> (score, points), for everything in the gradebook."""

    def read() -> dict[tuple[str, str], tuple[float, float]]:
        with open_gradebook(course) as gradebook:
            return {
                (submission.student.id, assignment.name): (float(submission.score), float(submission.max_score))
                for assignment in gradebook.assignments
                for submission in gradebook.assignment_submissions(assignment.name)
            }

    return patiently(read)


def open_gradebook(course: Course) -> Any:
    """nbgrader's gradebook; Any, because its annotations contradict its code."""
    return Gradebook(course.db_url)


def patiently(work: Callable[[], T], tries: int = 8) -> T:
    """Do it, and again after a growing wait when the database is locked or away. The last failure is raised."""
    for attempt in range(tries):
        try:
            return work()
        except OperationalError:
            if attempt == tries - 1:
                raise
            time.sleep(0.05 * 2**attempt * (1 + random.random()))
    raise AssertionError("unreachable")


@contextlib.contextmanager
def _alone(course: Course) -> Iterator[None]:
    """While this runs nobody else is in here: a lock of PostgreSQL, or of a file beside the SQLite database."""
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


def _known_cells(gradebook: Any, assignment: str) -> dict[str, tuple]:
    """Name -> (points, source) of the graded cells on record; nothing if the assignment is not."""
    try:
        notebook = gradebook.find_notebook(assignment, assignment)
    except MissingEntry:
        return {}
    sources = {cell.name: cell.source for cell in notebook.source_cells}
    return {cell.name: (float(cell.max_score), sources.get(cell.name)) for cell in notebook.grade_cells}


def _graded_cells(notebook: NotebookNode) -> dict[str, tuple]:
    """The same, of the instructor's notebook."""
    cells = [
        (cell, cell.metadata["nbgrader"]) for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    return {meta["grade_id"]: (float(meta["points"]), cell.source) for cell, meta in cells}


def _resources(
    course: Course, assignment: str, student: str | None = None
) -> Any:  # nbgrader's own annotation is narrower than its code
    where = {"assignment": assignment, "notebook": assignment, "db_url": course.db_url}
    return {"nbgrader": where if student is None else {**where, "student": student}}
