"""A student's own check of a whole notebook, from the terminal."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.checks import Verdict, run_check
from autograder.notebook import grade_id, is_solution, is_test, read_notebook
from autograder.sandbox.limits import Limits

__all__ = ["check_notebook"]


def check_notebook(path: Path) -> list[Verdict]:
    """Run the cells of a notebook in order, in this process, and collect a verdict for each test cell.

    A cell of the student's that fails does not stop the rest; the checks that need it say so.
    Raises ValueError for a file that is no notebook.
    """
    verdicts: list[Verdict] = []

    def check(exercise: str, *functions: Any, **_: Any) -> None:
        verdicts.append(run_check(exercise, functions))

    notebook = read_notebook(Path(path).read_bytes())
    scope: dict[str, Any] = {"__name__": "__main__", "__builtins__": _without(Limits().of(notebook).forbidden)}
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
                verdicts.append(Verdict(exercise, told=message))
            else:
                broken[grade_id(cell) or f"cell {number}"] = why


def _without(forbidden: tuple[str, ...]) -> dict[str, Any]:
    """Builtins for the student's cells, whose `import` refuses what the assignment forbids, as where it is graded.

    The cases run in the same process and may import it: some of them ask torch for the right values.
    """

    def guarded(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] in forbidden:
            raise ModuleNotFoundError(f"{name} is not to be used in this assignment", name=name)
        return __import__(name, *args, **kwargs)

    return {**vars(builtins), "__import__": guarded}


def _plain(source: str) -> str:
    """The cell without lines that only IPython understands."""
    try:
        ast.parse(source)
        return source
    except SyntaxError:
        return "\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in source.splitlines())
