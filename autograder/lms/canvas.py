"""Canvas: `doejane_LATE_4711_1001_work-2.ipynb` in the archive, the columns `ID` and `work (881)` in the gradebook.

The times in its archives are those of zipping. The number before the file's name is that of the upload: it grows.
"""

from __future__ import annotations

import re

from autograder.lms.system import System, Upload

__all__ = ["SYSTEM", "read"]

NAME = re.compile(
    r"^(?:(?P<name>(?!anon_)[^/\\]+?)_)??(?P<late>late_)?(?P<id>[0-9]{1,20}|anon_[a-z0-9]{1,12})"
    r"_(?P<upload>[0-9]{1,20})_(?P<file>[^/\\\n]+)$",
    re.IGNORECASE,
)
REPEATED = re.compile(r"-[0-9]{1,4}(?=\.ipynb$)", re.IGNORECASE)


def read(name: str) -> Upload | None:
    """Return whose file it is. Where grading is anonymous, there is no name, and the id may be `anon_a1b2c`.

    Canvas numbers repeated uploads, work.ipynb, work-1.ipynb; the student's own name for the file has no such end.
    """
    match = NAME.match(name)
    if match is None:
        return None
    file = REPEATED.sub("", match["file"])
    return Upload(match["name"] or "", match["id"].replace("_", ""), file, bool(match["late"]), int(match["upload"]))


SYSTEM = System(
    name="Canvas",
    form="NAME_ID_NUMBER_FILE",
    read=read,
    students=("ID",),
    marks=lambda column, assignment: column.split(" (")[0] == assignment,
)
