"""Submissions as plain Python files, for programs that look for copies: Dolos and JPlag.

Of each notebook only the student's own cells are written: answers, and cells that the student added. What everybody
was given goes into a file beside them, which both programs are told to leave out of account.
"""

from __future__ import annotations

import ast
import datetime
import re
import unicodedata
import warnings
from dataclasses import dataclass
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from autograder.course import Course
from autograder.files import read_plain
from autograder.gradebook.handed_in import handed_in
from autograder.judge.reassemble import reassemble
from autograder.lms.table import csv_text
from autograder.notebook import grade_id, is_solution, read_notebook

__all__ = ["Written", "own_code", "runnable", "write_similar"]

COLUMNS = ["filename", "full_name", "id", "created_at", "ignored"]
LONGEST = 200_000
MAGIC = re.compile(r"^([ \t]*)(.*\bget_ipython\(\)\.(?:run_\w+_magic|system|getoutput)\(.*)$", re.MULTILINE)
"""What IPython makes of a magic command or a shell command."""

SPECIAL, SPECIALS = re.compile(r"[%!?]"), 200
"""Characters of IPython's own commands, and how many a cell may have: IPython reads it anew for each command."""

NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True)
class Written:
    """Hold what one assignment gave. info: the file for Dolos. skipped: (student, reason) of what cannot be read."""

    assignment: str
    info: Path
    submissions: dict[str, Path]
    skipped: list[tuple[str, str]]


def write_similar(course: Course, target: Path, assignment: str | None = None) -> list[Written]:
    """Write target/ASSIGNMENT/ with info.csv, submissions/STUDENT/ASSIGNMENT.py and template/ASSIGNMENT.py.

    Raises FileExistsError where that folder holds something already: files of students who left would count; and
    FileNotFoundError when there is no submission.
    """
    wanted = course.submissions()
    names = sorted({name for _, name in wanted if assignment in (None, name)})
    if not names:
        raise FileNotFoundError(f"no submission of {assignment or 'any assignment'} is in {course.root}")
    return [_write(course, name, [s for s, a in wanted if a == name], target / name) for name in names]


def own_code(submission: NotebookNode, source: NotebookNode) -> str:
    """Return the student's own code cells, in order, as one Python file that parses."""
    whole, _ = reassemble(submission, source)
    given = {cell.source.strip() for cell in source.cells}
    cells = [
        cell
        for cell in whole.cells
        if cell.cell_type == "code"
        and (is_solution(cell) or (grade_id(cell) is None and cell.source.strip() not in given))
    ]
    return _file(cells)


def runnable(source: str) -> str:
    """Return the source of a cell as Python that parses: what only IPython understands is commented out.

    A cell that is no Python even then, or is too long for an answer, becomes a comment as a whole.
    """
    if len(source) <= LONGEST and _parses(source):
        return source
    if len(source) <= LONGEST and len(SPECIAL.findall(source)) <= SPECIALS:
        head, _, rest = source.lstrip().partition("\n")
        cell_magic = head.startswith("%%")  # the code under %%time counts as code
        try:
            text = TransformerManager().transform_cell(rest if cell_magic else source)
        except Exception:  # whatever IPython makes of it
            text = source
        text = (f"# {head}\n" if cell_magic else "") + MAGIC.sub(r"\1pass  # \2", text)
        if _parses(text):
            return text
    return "".join(f"# {line}\n" for line in source.replace("\0", "").splitlines())


def _write(course: Course, name: str, students: list[str], folder: Path) -> Written:
    """Write the files of one assignment and return what they are."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty. Name another folder, or delete it.")
    source = course.source(name)
    release = nbformat.read(course.notebook("release", name), as_version=4)
    template = folder / "template" / f"{name}.py"
    _save(template, _file([cell for cell in release.cells if cell.cell_type == "code"]))
    rows = [[template.relative_to(folder).as_posix(), "given to everybody", "template", "", "true"]]
    written: dict[str, Path] = {}
    skipped: list[tuple[str, str]] = []
    taken: set[str] = set()
    for student in students:
        try:
            content = read_plain(course.root / "submitted", student, name, f"{name}.ipynb")
            code = own_code(read_notebook(content), source)
        except (OSError, ValueError) as error:
            skipped.append((student, "there is no file" if isinstance(error, FileNotFoundError) else str(error)))
            continue
        written[student] = folder / "submissions" / _free(student, taken) / f"{name}.py"
        _save(written[student], code)
        time = handed_in(course, name, student).time  # Dolos wants one; the begin of the epoch is seen to be none
        when = (time or datetime.datetime(1970, 1, 1)).strftime("%Y-%m-%d %H:%M:%S +0000")
        rows.append([written[student].relative_to(folder).as_posix(), student, student, when, ""])
    info = folder / "info.csv"
    _save(info, csv_text([COLUMNS, *rows]))
    return Written(name, info, written, skipped)


def _file(cells: list[NotebookNode]) -> str:
    """Return the cells as one Python file, each under its name."""
    parts = []
    for cell in cells:
        title = re.sub(r"\W", "_", grade_id(cell) or "added")
        parts.append(f"# %% {title}\n{runnable(cell.source).rstrip()}\n")
    return "\n\n".join(parts)


def _parses(source: str) -> bool:
    """Return whether this is Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except NOT_PYTHON:
            return False
    return True


def _free(student: str, taken: set[str]) -> str:
    """Return a folder name for any student's id: letters, digits, - and _, never one that is taken in whatever case."""
    plain = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode()
    base = re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-")[:80] or "student"
    name, k = base, 2
    while name.lower() in taken:
        name, k = f"{base}--{k}", k + 1
    taken.add(name.lower())
    return name


def _save(path: Path, text: str) -> None:
    """Write a file of UTF-8; half a character that a student left becomes an escape."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
