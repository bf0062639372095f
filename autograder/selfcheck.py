"""A student's own check of a whole notebook, from the terminal."""

from __future__ import annotations

import ast
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.checks import Verdict, run_check
from autograder.judge.reassemble import grade_id, is_solution, is_test, read_notebook
from autograder.sandbox.limits import Limits
from autograder.sandbox.server import Forbidden

__all__ = ["check_notebook"]


def check_notebook(path: Path) -> list[Verdict]:
    """Run the cells of a notebook in order, in this process, and collect a verdict for each test cell.

    A cell of the student's that fails does not stop the rest; the checks that need it say so.
    Raises ValueError for a file that is no notebook.
    """
    verdicts: list[Verdict] = []

    def check(exercise: str, *functions: Any, **_: Any) -> None:
        verdicts.append(run_check(exercise, functions))

    scope: dict[str, Any] = {"__name__": "__main__"}
    notebook = read_notebook(Path(path).read_bytes())
    with _without(Limits().of(notebook).forbidden):
        _run(notebook, scope, check, verdicts)
    return verdicts


def _run(notebook: NotebookNode, scope: dict[str, Any], check: Any, verdicts: list[Verdict]) -> None:
    """The cells in order, each failure noted."""
    broken: dict[str, str] = {}
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        test = is_test(cell) and not is_solution(cell)
        try:
            if test:
                scope["check"] = check
            exec(compile(_plain(cell.source), f"cell {grade_id(cell) or number}", "exec"), scope)
        except (Exception, SystemExit) as error:
            why = f"{type(error).__name__}: {error}"
            if test:
                exercise = (grade_id(cell) or "").removesuffix("-check")
                message = why + "".join(f"\nIts cell stopped with {broken[name]}" for name in broken if name in why)
                verdicts.append(Verdict(exercise, False, message))
            else:
                broken[grade_id(cell) or f"cell {number}"] = why


@contextlib.contextmanager
def _without(forbidden: tuple[str, ...]) -> Iterator[None]:
    """As where work is graded: what an assignment forbids cannot be imported, even if it was before."""
    finder = Forbidden(forbidden)
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in forbidden}
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        sys.modules.update(hidden)


def _plain(source: str) -> str:
    """The cell without lines that only IPython understands."""
    try:
        ast.parse(source)
        return source
    except SyntaxError:
        return "\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in source.splitlines())
