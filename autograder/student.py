"""What a notebook calls while a student works in it: `check`, and `bring` for functions of an earlier assignment."""

from __future__ import annotations

import ast
import contextlib
import io
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from autograder import card
from autograder.checks import CheckFailed, Verdict, run_check
from autograder.checks.blame import blame, names_in_code
from autograder.checks.book import reread
from autograder.checks.english import listed
from autograder.checks.exercises import load_cases
from autograder.checks.solutions import assignment, assignments, home
from autograder.checks.words import note
from autograder.live import in_notebook, tell
from autograder.notebook import grade_id, is_test, read_notebook

__all__ = ["bring", "check"]


def check(exercise: str, *functions: Callable, seed: int = 0, show: Callable[[str], Any] = print) -> None:
    """Check an exercise. If it is right, say so, and what should be noticed now: in a notebook on a card.

    seed: of the cases. show: what a line is shown with; with another than print there is no card.
    Raise CheckFailed, which explains itself, if it is not right.
    """
    verdict, on_a_card = run_check(exercise, functions, seed), show is print and in_notebook()
    if verdict.passed:
        card.show(verdict) if on_a_card else show(verdict.message)
        if noticed := assignment(home(exercise)).notice(exercise):
            (tell if show is print else show)(reread(noticed))
        return
    for one in verdict.notes:
        show(f"Note: {note(one)}")
    scope = getattr(functions[-1], "__globals__", {})
    by_name = dict(zip(load_cases(exercise).FUNCTIONS, functions))
    verdict = blame(verdict, names_in_code(by_name, scope), _earlier(exercise, scope, seed))
    if on_a_card:
        card.show(verdict, by_name, seed)
        raise card.CheckFailed(verdict)
    raise CheckFailed(verdict)


def _earlier(exercise: str, scope: Mapping[str, Any], seed: int) -> dict[str, Callable[[], Verdict]]:
    """Return what checks each exercise before this one in its assignment, as far as its functions are in `scope`."""
    names = assignments()[home(exercise)]
    found = {}
    for name in names[: names.index(exercise)]:
        functions = _functions(name, scope)
        if functions and not hasattr(load_cases(name), "SECONDS"):
            found[name] = partial(run_check, name, functions, seed)
    return found


def _functions(exercise: str, scope: Mapping[str, Any]) -> tuple[Callable, ...]:
    """Return what `check` is given for an exercise, out of a namespace; nothing where one of them is missing."""
    names = load_cases(exercise).FUNCTIONS
    found = tuple(f for f in map(scope.get, names) if callable(f))
    return found if len(found) == len(names) else ()


def bring(*functions: Callable, folder: str | Path = ".") -> Any:
    """Return your own functions of these names from an earlier assignment, if all of them are right; else those given.

    functions: the given ones, all exercises of one earlier assignment. They come together or not at all, since a
    backward pass reads what its own forward pass leaves in the cache. folder: where that notebook lies.
    Say which they are. Where the notebook is graded they are always those given, so that no points hang by this.
    """
    if sys._getframe(1).f_globals.get("__name__") == "__main__":  # and not where the course runs its own solutions
        own, why = _brought([function.__name__ for function in functions], Path(folder))
        tell(f"{listed([f'`{function.__name__}`' for function in functions])}: {why}")
        functions = own or functions
    return functions if len(functions) != 1 else functions[0]


def _brought(names: list[str], folder: Path) -> tuple[tuple[Callable, ...], str]:
    """Return the student's own functions, or none, and what is to be said of it."""
    path = folder / f"{home(names[0])}.ipynb"
    if not path.is_file():
        return (), f"the given ones, since {path.name} is not beside this notebook."
    try:
        scope = _namespace(path)
        wrong = [name for name in names if not ((own := _functions(name, scope)) and run_check(name, own).passed)]
    except (Exception, SystemExit) as error:
        return (), f"the given ones, since {path.name} could not be used: {type(error).__name__}: {error}"
    if wrong:
        return (), f"the given ones, since in {path.name} the check of {listed(wrong)} does not pass yet."
    return tuple(scope[name] for name in names), f"your own, from {path.name}."


def _namespace(path: Path) -> dict[str, Any]:
    """Return what the cells of a notebook define. Of cells that are no exercise's only definitions are run."""
    scope: dict[str, Any] = {"__name__": path.stem}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in read_notebook(path.read_bytes()).cells:
            if cell.cell_type == "code" and not is_test(cell):
                with contextlib.suppress(NotImplementedError):
                    exec(compile(_definitions(cell.source, grade_id(cell) is None), str(path), "exec"), scope)
    return scope


def _definitions(source: str, alone: bool) -> ast.Module:
    """Return the tree of a cell, or of its imports and definitions alone; of a cell that is no Python, nothing."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a line that only IPython understands; or a mistake, which its own check tells
        return ast.Module([], [])
    return ast.Module([node for node in tree.body if not alone or isinstance(node, _DEFINING)], [])


_DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
