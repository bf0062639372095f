"""What a learning management system is to the grader: how it names files in an archive, and columns in a gradebook."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from autograder.files import Refused

__all__ = ["System", "Upload", "digits", "either"]


@dataclass(frozen=True)
class Upload:
    """Say whose file an entry of an archive is, as far as the entry's name tells.

    student: the student's name as the system writes it, nothing where it is kept secret. id: what the system gives to
    this student alone. file: the file's own name, as the student called it. late: the system marks it as late.
    version: grows with each upload, where the system counts them.
    Raises Refused for an id that is not made of letters and digits: it becomes part of a folder's name.
    """

    student: str
    id: str
    file: str
    late: bool = False
    version: int = 0

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9]+", self.id):
            raise Refused("its student's id is not made of letters and digits")


def digits(cell: str) -> str:
    """Return the digits of a cell: 'Participant 4711' -> '4711'."""
    return "".join(c for c in cell if c.isdigit())


@dataclass(frozen=True)
class System:
    """Describe one system. Its functions get text that students wrote in part, and trust none of it.

    name, form: its own name, and that of a file in its archives, as messages say them.
    read: from an entry's name to the upload; None for a name that is not in this form. Raises `files.Refused` for one
        that is and still cannot be taken; its text is the reason.
    students: the columns of its gradebook file that can name a student, the best first.
    marks: whether the column of this name, the first argument, holds the marks of the assignment, the second.
    student_id: from a cell of `students` to the id of an upload.
    """

    name: str
    form: str
    read: Callable[[str], Upload | None]
    students: tuple[str, ...]
    marks: Callable[[str, str], bool]
    student_id: Callable[[str], str] = digits


def either(names: Iterable[str]) -> str:
    """Return the names in one phrase: 'A, B or C'."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
