"""How to rewrite a right answer into another right one, as another student would have written it.

A rule changes an answer's syntax tree, and may put functions of its own before it. Where it finds nothing to change
there is no variant. A rule says at which demands its variants may fail: a hand-written tanh overflows at large numbers.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from autograder.checks.contract import OWN, Contract, Keys, Like, Listing

__all__ = [
    "ANSWER",
    "SOLUTION",
    "Rule",
    "at_the_start",
    "by_pattern",
    "expressions",
    "in_place",
    "into_the_argument",
    "log_of_softmax",
    "packed",
    "products",
    "unshifted",
]

ANSWER = "every right answer"
SOLUTION = "the model solution"
"""What a rule is tried on. How results are packed has nothing to do with how they were found: one answer is enough."""

Change = Callable[[ast.expr], ast.expr | None]


@dataclass(frozen=True)
class Rule:
    """A way to rewrite. edit: changes the tree. own: source that stands before the answer, {lib} being np or torch.

    may_lose: the demands at which a variant may fail. tried_on: ANSWER or SOLUTION.
    """

    name: str
    edit: Callable[[ast.Module, str, Contract | None], None]
    own: str = ""
    may_lose: tuple[str, ...] = ()
    tried_on: str = ANSWER

    def rewritten(self, text: str, function: str, contract: Contract | None) -> str | None:
        """Return the text of an answer after the rule, or None where nothing changes."""
        tree = ast.parse(text)
        before = ast.unparse(tree)
        self.edit(tree, function, contract)
        after = ast.unparse(ast.fix_missing_locations(tree))
        if after == before:
            return None
        lib = "torch" if _uses(tree, "torch") else "np"
        return f"import numpy as np\n{self.own.format(lib=lib)}\n\n{after}\n"


def _uses(tree: ast.AST, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))


class _Replace(ast.NodeTransformer):
    """Puts what `change` gives in the place of each expression, innermost first."""

    def __init__(self, change: Change):
        self.change = change

    def generic_visit(self, node: ast.AST) -> ast.AST:
        node = super().generic_visit(node)
        return (self.change(node) if isinstance(node, ast.expr) else None) or node


def expressions(change: Change) -> Callable[[ast.Module, str, Contract | None], None]:
    return lambda tree, function, contract: _Replace(change).visit(tree)


def _called(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


def _same(node: ast.AST, text: str) -> dict[str, ast.expr] | None:
    """Return what stands at the capital letters of a pattern, or None where the node is something else."""
    found: dict[str, ast.expr] = {}
    return found if _fits(_pattern(text), node, found) else None


@cache
def _pattern(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _fits(pattern: ast.AST, node: ast.AST, found: dict[str, ast.expr]) -> bool:
    if isinstance(pattern, ast.Name) and pattern.id in ("X", "Y") and isinstance(node, ast.expr):
        known = found.setdefault(pattern.id, node)
        return ast.dump(known) == ast.dump(node)
    if type(pattern) is not type(node):
        return False
    for (name, mine), (_, theirs) in zip(ast.iter_fields(pattern), ast.iter_fields(node)):
        if name in ("ctx", "kind", "type_comment"):
            continue
        mine, theirs = ([each] if not isinstance(each, list) else each for each in (mine, theirs))
        if len(mine) != len(theirs):
            return False
        for one, other in zip(mine, theirs):
            if not (_fits(one, other, found) if isinstance(one, ast.AST) else one == other):
                return False
    return True


def by_pattern(name: str, *patterns: str) -> Callable[[ast.Module, str, Contract | None], None]:
    """Return the edit that puts a call `name(X)` in the place of every expression that fits one of the patterns."""

    def change(node: ast.expr) -> ast.expr | None:
        for pattern in patterns:
            if (found := _same(node, pattern)) is not None:
                return _called(name, found["X"])
        return None

    return expressions(change)


def _product(node: ast.expr) -> ast.expr | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return _called("own_product", node.left, node.right)
    return None


def products(tree: ast.Module, function: str, contract: Contract | None) -> None:
    if not _uses(tree, "torch"):
        _Replace(_product).visit(tree)


def _is_largest(node: ast.AST) -> bool:
    """Return whether it is the largest along an axis, as one array for each of the others."""
    text = ast.unparse(node)
    return isinstance(node, ast.Call | ast.Subscript) and (".max(" in text.replace("np.max(", ".max("))


def unshifted(tree: ast.Module, function: str, contract: Contract | None) -> None:
    """Take nothing away where a softmax takes the largest away."""
    text = ast.unparse(tree)
    if "np.exp(" not in text:
        return
    taken = {
        ast.unparse(node.right.value if isinstance(node.right, ast.Subscript) else node.right)
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in taken and _is_largest(node.value):
            node.value = _called("without", node.value)

    def change(node: ast.expr) -> ast.expr | None:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and _is_largest(node.right):
            return node.left
        return None

    _Replace(change).visit(tree)


def log_of_softmax(node: ast.expr) -> ast.expr | None:
    for axis in ("-1", "1"):
        pattern = f"X - np.log(np.exp(X).sum(axis={axis}, keepdims=True))"
        if (found := _same(node, pattern)) is not None:
            exponentials = _called("np.exp", found["X"])
            total = ast.parse(f"np.exp(X).sum(axis={axis}, keepdims=True)", mode="eval").body
            total = _Replace(lambda n: copy.deepcopy(found["X"]) if _same(n, "X") and ast.unparse(n) == "X" else None)\
                .visit(total)  # fmt: skip
            return _called("np.log", ast.BinOp(exponentials, ast.Div(), total))
    return None


def _functions(tree: ast.Module, *names: str) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and (not names or node.name in names):
            yield node


def at_the_start(tree: ast.Module, function: str, contract: Contract | None) -> None:
    """Put `x = cast(x)` for every argument at the start of every function."""
    for node in _functions(tree):
        names = [each.arg for each in node.args.args]
        lines = "\n".join(f"{name} = cast({name})" for name in names)
        at = 1 if ast.get_docstring(node) else 0
        node.body[at:at] = ast.parse(lines).body


class _InPlace(ast.NodeTransformer):
    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Make `a += b` of `a = a + b`, and so on."""
        if isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Add | ast.Sub | ast.Mult):
            (target, *others), value = node.targets, node.value
            if not others and isinstance(target, ast.Name) and ast.unparse(value.left) == target.id:
                return ast.AugAssign(target, value.op, value.right)
        return node


def in_place(tree: ast.Module, function: str, contract: Contract | None) -> None:
    _InPlace().visit(tree)


class _Returns(ast.NodeTransformer):
    """Changes what a function returns, but not the functions inside it."""

    def __init__(self, change: Callable[[ast.expr], ast.expr]):
        self.change, self.depth = change, 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Go in once."""
        if self.depth:
            return node
        self.depth += 1
        return self.generic_visit(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """Stay outside."""
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        """Change the value, where there is one."""
        return ast.Return(self.change(node.value)) if node.value is not None else node


KINDS = ((Like, "dict"), (Keys, "dict"), (Listing, "list"))


def _kind(part) -> str:
    """Return what a part of a result is: own, number, ids (whole numbers in a row), flat (one axis), array, dict, list.

    A list of strings is as it is, too.
    """
    if part is OWN or (isinstance(part, Listing) and isinstance(part.of, str)):
        return "own"
    if isinstance(part, str):
        axes = [axis for axis in part.split(":")[0].split() if axis != "whole"]
        flat = "ids" if part.startswith("whole") else "flat"
        return ("number", flat)[len(axes)] if len(axes) < 2 else "array"
    return next(kind for each, kind in KINDS if isinstance(part, each))


def packed(*kinds: str, fewest: int = 1) -> Callable[[ast.Module, str, Contract | None], None]:
    """Return the edit that packs the parts of these kinds otherwise, in every result of the answer's function.

    fewest: results that it must have.
    """

    def edit(tree: ast.Module, function: str, contract: Contract | None) -> None:
        parts = [_kind(part) for part in contract.returns.values()] if contract is not None else []
        if not set(parts) & set(kinds) or len(parts) < fewest:
            return
        which = ast.Tuple([ast.Constant(kind in kinds) for kind in parts], ast.Load())
        for node in _functions(tree, function):
            _Returns(lambda value: _called("packed", value, which)).visit(node)

    return edit


def into_the_argument(tree: ast.Module, function: str, contract: Contract | None) -> None:
    """Write what is like an argument into that argument, and return it."""
    if contract is None:
        return
    parts = contract.returns.values()
    alike = [part.argument if isinstance(part, Like) else "None" for part in parts]
    for node in _functions(tree, function) if set(alike) - {"None"} else ():
        given = dict(zip(contract.takes, (each.arg for each in node.args.args)))
        where = ast.parse(f"({', '.join(given.get(name, name) for name in alike)},)", mode="eval").body
        _Returns(lambda value, where=where: _called("written", value, where)).visit(node)
