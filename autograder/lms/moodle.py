"""Moodle: `Jane Doe_31_assignsubmission_file/work.ipynb` in the archive, the column `Grade` in the gradebook file.

Where "Download submissions in folders" is off, it is `Jane Doe_31_assignsubmission_file_work.ipynb`.
"""

from __future__ import annotations

import re

from autograder.lms.system import System, Upload

__all__ = ["SYSTEM", "read"]

NAME = re.compile(r"^(?P<name>[^/]+)_(?P<id>[0-9]{1,20})_assignsubmission_file(?:_?/|_)(?P<file>.+)$")


def read(name: str) -> Upload | None:
    """Return whose file it is. Of several files of one student Moodle says nothing but their times."""
    match = NAME.match(name)
    return Upload(match["name"], match["id"], match["file"]) if match else None


SYSTEM = System(
    name="Moodle",
    form="NAME_ID_assignsubmission_file/FILE",
    read=read,
    students=("ID number", "Identifier"),
    marks=lambda column, assignment: column == "Grade",
)
