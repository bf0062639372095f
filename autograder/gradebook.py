"""nbgrader's gradebook, written so that a busy database costs a wait and not a grade."""

from __future__ import annotations

import datetime
import os
import random
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades, SaveCells
from nbgrader.utils import compute_checksum
from sqlalchemy.exc import OperationalError, SAWarning

from autograder.course import Course

# SQLAlchemy warns of the order in which nbgrader adds rows. The rows are right.
warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")

# nbgrader asks the command `alembic` for the version of its tables: it must be found though no venv is activated.
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")

__all__ = ["open_gradebook", "patiently", "record", "register", "scores"]

T = TypeVar("T")


def register(course: Course, assignment: str) -> None:
    """Make the gradebook know an assignment, its cells and their points."""
    notebook = course.source(assignment)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader"):  # nbgrader's own commands compare it with what a student hands in
            cell.metadata["nbgrader"]["checksum"] = compute_checksum(cell)

    def write() -> None:
        with open_gradebook(course) as gradebook:
            gradebook.update_or_create_assignment(assignment)
        SaveCells().preprocess(notebook, _resources(course, assignment))

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


def _resources(
    course: Course, assignment: str, student: str | None = None
) -> Any:  # nbgrader's own annotation is narrower than its code
    where = {"assignment": assignment, "notebook": assignment, "db_url": course.db_url}
    return {"nbgrader": where if student is None else {**where, "student": student}}
