"""Answers are not on the pages: nothing that a page prints passes as an exercise when it is pasted."""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from functools import cache, reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.checks.exercises import exercises, load_cases
from autograder.checks.run import contracts_of, drawn, failure, outcome
from autograder.checks.solutions import solution_functions, solution_text

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGES = sorted(BOOK.rglob("*.md"))
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
INCLUDED = re.compile(r"^```\{literalinclude\} \.\./\.\./(\S+)\.py\n(?:.*\n)*?:pyobject: (\S+)", re.MULTILINE)
PLAIN = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
LEAST = 16
"""From so many nodes on, a statement says enough to be an answer."""


def cells(page: Path) -> ast.Module:
    """Return the code of a page's cells, without their options."""
    found = "\n".join(CELL.findall(page.read_text(encoding="utf-8")))
    return ast.parse(re.sub(r"^(:|%).*$", "", found, flags=re.MULTILINE))


def included(path: str, thing: str) -> Any:
    """Return what a `literalinclude` shows."""
    return reduce(getattr, thing.split("."), importlib.import_module(path.replace("/", ".")))


@cache
def functions() -> dict[str, object]:
    """Return every function that a page prints or includes, by page and name. Of its cells only definitions are run."""
    found: dict[str, object] = {}
    for page in PAGES:
        name = page.relative_to(BOOK).as_posix()
        scope: dict = {"np": np}
        for node in cells(page).body:
            if isinstance(node, PLAIN):
                with contextlib.suppress(NameError):  # a default or a decorator that the cells above it compute
                    exec(compile(ast.Module([node], []), name, "exec"), scope)
            if isinstance(node, ast.FunctionDef) and node.name in scope:
                found[f"{name}: {node.name}"] = scope[node.name]
        for path, thing in INCLUDED.findall(page.read_text(encoding="utf-8")):
            found[f"{name}: {thing}"] = included(path, thing)
    return found


def takes(function: object, count: int) -> bool:
    """Return whether it can be called with so many arguments."""
    try:
        inspect.signature(function).bind(*range(count))  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError):
        return False
    return True


@pytest.mark.parametrize("exercise", [e for e in exercises() if not hasattr(load_cases(e), "SECONDS")])
def test_no_function_of_a_page_passes_as_the_exercise(exercise):
    spec, solved = load_cases(exercise), solution_functions(exercise)
    name, contracts, cases = spec.FUNCTIONS[-1], contracts_of(spec), drawn(exercise, 0)
    if name == "RNNModule":
        pytest.skip("a class with weights of its own: it cannot be called as the others are")
    count = len(inspect.signature(solved[name]).parameters)
    passing = [
        where
        for where, function in functions().items()
        if takes(function, count)
        and all(failure(case, outcome(case, {**solved, name: function}, contracts)) is None for case in cases)
    ]
    assert passing == []


def skeletons(tree: ast.AST) -> Iterator[str]:
    """Yield each statement that says enough, with its own names replaced: two that differ in names alone are equal."""
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Return | ast.Assign | ast.AugAssign | ast.Expr) else None
        if value is None or sum(1 for _ in ast.walk(value)) < LEAST:
            continue
        names: dict[str, str] = {}
        copy = ast.parse(ast.unparse(value), mode="eval")
        for inner in ast.walk(copy):
            if isinstance(inner, ast.Name) and inner.id not in ("np", "len", "range", "sum", "zip", "max", "min"):
                inner.id = names.setdefault(inner.id, f"v{len(names)}")
        yield ast.dump(copy)


@cache
def printed() -> dict[str, set[str]]:
    """Return the statements of every page and of what it includes."""
    found = {}
    for page in PAGES:
        here = set(skeletons(cells(page)))
        for path, thing in INCLUDED.findall(page.read_text(encoding="utf-8")):
            here |= set(skeletons(ast.parse(textwrap.dedent(inspect.getsource(included(path, thing))))))
        found[page.relative_to(BOOK).as_posix()] = here
    return found


@pytest.mark.parametrize("exercise", exercises())
def test_no_page_prints_all_that_a_solution_says(exercise):
    said = set(skeletons(ast.parse(solution_text(exercise))))
    assert [page for page, here in printed().items() if said and said <= here] == []


def test_an_answer_on_a_page_would_be_found():
    page = "def mine(x, h, V, W, b):\n    new = np.tanh(x @ V.T + h @ W.T + b)\n    return new, None\n"
    other = "z = np.tanh(a @ M.T + s @ N.T + c)"
    said = set(skeletons(ast.parse(solution_text("rnn_step"))))
    assert said & set(skeletons(ast.parse(page))) and said & set(skeletons(ast.parse(other)))
    scope: dict = {"np": np}
    exec(page, scope)
    case, contracts = drawn("rnn_step", 0)[0], contracts_of(load_cases("rnn_step"))
    assert failure(case, outcome(case, {"rnn_step": scope["mine"]}, contracts)) is None
