"""Mechanical mutants: small changes made to a solution by rule, each of which the cases should notice.

    python -m autograder.quality.mutants [EXERCISE ...]     how many there are, how many were caught, which were not

A mutant that no case can tell from the solution, because it computes the same, is explained in `EXPLAINED` of the
exercise's cases.py. What is neither caught nor explained is a hole in the cases.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import re
import resource
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract
from autograder.checks.known_answers import exercises, load_cases
from autograder.checks.run import contracts_of, failure, outcome
from autograder.checks.solutions import solution_functions, solution_text, surroundings

__all__ = ["Mutant", "TooLong", "explained", "main", "mutants", "survivors", "unexplained"]

LINES = 5_000
SWAPS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
}
COMPARE = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq}


@dataclass(frozen=True)
class Mutant:
    """A changed solution. description: what was changed, in words that stay the same from run to run."""

    description: str
    function: Callable


class TooLong(BaseException):
    """A mutant that does not come to an end."""


def mutants(exercise: str) -> list[Mutant]:
    """Return all mutants of the exercise's own functions, no two alike."""
    found: dict[str, Mutant] = {}
    for tree in _solutions(exercise):
        for description, changed in _variants(tree):
            text = ast.unparse(changed)
            if text == ast.unparse(tree) or text in found:
                continue
            scope = dict(surroundings(exercise))
            try:
                exec(compile(text, f"<mutant of {exercise}>", "exec"), scope)
            except SyntaxError:
                continue
            found[text] = Mutant(description, scope[tree.name])
    return list(found.values())


def survivors(exercise: str, seed: int = 0) -> list[str]:
    """Return the descriptions of the mutants that no case tells from the solution."""
    base, contracts = solution_functions(exercise), contracts_of(load_cases(exercise))
    cases = list(load_cases(exercise).cases(np.random.default_rng([seed, *exercise.encode()])))
    with _little_memory():
        changed = [(m.description, {**base, m.function.__name__: m.function}) for m in mutants(exercise)]
        return [description for description, functions in changed if _passes(cases, functions, contracts)]


def explained(exercise: str) -> dict[str, str]:
    """Return what the exercise explains: pattern of descriptions -> why such a mutant is no mistake."""
    return getattr(load_cases(exercise), "EXPLAINED", {})


def unexplained(exercise: str, alive: list[str]) -> list[str]:
    """Return the survivors that no pattern matches."""
    return [text for text in alive if not any(re.search(pattern, text) for pattern in explained(exercise))]


def _solutions(exercise: str) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Yield the functions or the class of the exercise's cell that cases call, without their docstrings."""
    for function in ast.parse(solution_text(exercise)).body:
        if isinstance(function, ast.FunctionDef | ast.ClassDef) and function.name in load_cases(exercise).FUNCTIONS:
            function.body = function.body[1:] if ast.get_docstring(function) else function.body
            yield function


def _variants(tree: ast.FunctionDef | ast.ClassDef) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Yield (what was changed, the changed function): every rule at every place."""
    known = {"np", "torch", "self", "super", "len", "range", "reversed", "enumerate", "zip", "slice"}
    names = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - known)
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_own(node)]
    own = sorted({node.attr for node in attributes if isinstance(node.ctx, ast.Store)})
    products = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)]
    matrices = {side.id for node in products for side in (node.left, node.right) if isinstance(side, ast.Name)}
    for k, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.expr):
            for replacement in _replacements(node, names, matrices, own):
                changed = copy.deepcopy(tree)
                target = list(ast.walk(changed))[k]
                where = _place(tree, node)
                _put(changed, target, replacement)
                yield f"`{ast.unparse(node)}` became `{ast.unparse(replacement)}` in {where}", changed
        for j, statement in enumerate(getattr(node, "body", None) or [] if isinstance(node, ast.stmt) else []):
            if isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr):
                changed = copy.deepcopy(tree)
                list(ast.walk(changed))[k].body[j] = ast.Pass()  # type: ignore[attr-defined]
                yield f"dropped `{ast.unparse(statement)}`", changed


def _is_own(node: ast.Attribute) -> bool:
    """Return whether this is an attribute of `self`."""
    return isinstance(node.value, ast.Name) and node.value.id == "self"


def _place(tree: ast.FunctionDef | ast.ClassDef, node: ast.expr) -> str:
    """Return the first line of the innermost statement around an expression, and which of several alike it is."""
    around = [s for s in ast.walk(tree) if isinstance(s, ast.stmt) and any(child is node for child in ast.walk(s))][-1]
    alike = [e for e in ast.walk(around) if isinstance(e, ast.expr) and ast.unparse(e) == ast.unparse(node)]
    alike.sort(key=lambda e: (e.lineno, e.col_offset))
    number = next(k for k, e in enumerate(alike, 1) if e is node)
    return f"`{ast.unparse(around).splitlines()[0]}`" + (
        f" (number {number} of {len(alike)})" if len(alike) > 1 else ""
    )


def _put(tree: ast.AST, target: ast.AST, replacement: ast.expr) -> None:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, field, replacement)
            elif isinstance(value, list) and any(item is target for item in value):
                setattr(parent, field, [replacement if item is target else item for item in value])
    ast.fix_missing_locations(tree)


def _replacements(node: ast.AST, names: list[str], matrices: set[str], own: list[str]) -> Iterator[ast.expr]:
    """Yield what could stand in the place of an expression."""
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right
        if type(node.op) in SWAPS:
            yield ast.BinOp(node.left, SWAPS[type(node.op)](), node.right)
        if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.Pow):
            yield ast.BinOp(node.right, node.op, node.left)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.Attribute) and _is_own(node) and isinstance(node.ctx, ast.Load) and node.attr in own:
        for other in own:
            yield ast.Attribute(ast.Name("self", ast.Load()), other, ast.Load())
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        if node.id in matrices:
            yield ast.Attribute(ast.Name(node.id, ast.Load()), "T", ast.Load())
        yield from (ast.Name(other, ast.Load()) for other in names if other != node.id)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        yield from (ast.Constant(value) for value in {node.value + 1, node.value - 1} - {node.value})
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "->" in node.value:
        yield from _einsums(node.value)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARE:
        yield ast.Compare(node.left, [COMPARE[type(node.ops[0])]()], node.comparators)
        yield ast.Compare(node.comparators[0], node.ops, [node.left])
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == "reversed":
            yield node.args[0]
        if node.keywords:
            yield ast.Call(node.func, node.args, [])
        if isinstance(node.func, ast.Attribute) and ast.unparse(node.func) in ("np.tanh", "np.abs", "torch.tanh"):
            yield node.args[0]
        if len(node.args) == 2:
            yield ast.Call(node.func, node.args[::-1], node.keywords)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) == 2:
        yield ast.Tuple(node.elts[::-1], ast.Load())


def _einsums(spec: str) -> Iterator[ast.expr]:
    """Yield an einsum with two letters swapped in one operand or in the result."""
    parts = re.split(r"(,|->)", spec)
    for k in range(0, len(parts), 2):
        for j in range(len(parts[k]) - 1):
            letters = list(parts[k])
            letters[j], letters[j + 1] = letters[j + 1], letters[j]
            yield ast.Constant("".join([*parts[:k], "".join(letters), *parts[k + 1 :]]))


@contextlib.contextmanager
def _little_memory() -> Iterator[None]:
    """Limit memory to 512 MiB more than is in use: a mutant may ask for any amount."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (512 << 20), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _passes(cases: list[Case], functions: dict[str, Callable], contracts: dict[str, Contract]) -> bool:
    """Return whether these functions pass every case. Ones that run too long, or fail in any way, do not."""
    left = LINES

    def count(frame, event, _):
        nonlocal left
        if not frame.f_code.co_filename.startswith("<mutant"):
            return None
        left -= 1
        if left < 0:
            raise TooLong
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        return all(failure(case, outcome(case, functions, contracts)) is None for case in cases)
    except (Exception, TooLong):
        return False
    finally:
        sys.settrace(before)


def main(names: list[str]) -> int:
    """Print a line for each exercise, and what was neither caught nor explained."""
    holes = 0
    for exercise in names or exercises():
        made, alive = len(mutants(exercise)), survivors(exercise)
        open_ones = unexplained(exercise, alive)
        holes += len(open_ones)
        print(
            f"{exercise:<22}{made:5} mutants, {made - len(alive):5} caught, {len(alive) - len(open_ones):3} explained"
        )
        for text in open_ones:
            print(f"    not caught: {text}")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
