"""A notebook of a few answers and a check of each, for tests of the judge."""

from nbformat import v4


def cell(id, source, **more):
    mark = {"schema_version": 3, "grade_id": id, "grade": False, "solution": False, "locked": False, "task": False}
    out = v4.new_code_cell(source, metadata={"nbgrader": mark | more})
    out["id"] = id
    return out


def notebook(**answers):
    """Return a notebook with these answers, and a check of each."""
    cells = [cell("imports", "import numpy as np", locked=True)]
    for name, source in answers.items():
        cells.append(cell(name, source, solution=True))
        cells.append(cell(f"{name}-check", f'check("{name}", {name})', grade=True, locked=True, points=1))
    return v4.new_notebook(cells=cells)
