"""Canvas: `doejane_LATE_4711_1001_work-2.ipynb` in the archive, the columns `ID` and `work (881)` in the gradebook."""

from __future__ import annotations

import re

from autograder.lms.system import System, Upload

__all__ = ["SYSTEM", "read"]

NAME = re.compile(r"^(?P<name>[^_/\\]+)_(?P<late>LATE_)?(?P<id>[0-9]{1,20})_[0-9]+_(?P<file>[^/\\\n]+)$")


def read(name: str) -> Upload | None:
    """Return whose file it is. Canvas numbers repeated uploads: work.ipynb, work-1.ipynb, work-2.ipynb."""
    match = NAME.match(name)
    if match is None:
        return None
    repeated = re.search(r"-([0-9]{1,4})\.ipynb$", match["file"], re.IGNORECASE)
    version = int(repeated[1]) if repeated else 0
    return Upload(match["name"], match["id"], match["file"], bool(match["late"]), version)


SYSTEM = System(
    name="Canvas",
    form="NAME_ID_NUMBER_FILE",
    read=read,
    students=("ID",),
    marks=lambda column, assignment: column.split(" (")[0] == assignment,
)
