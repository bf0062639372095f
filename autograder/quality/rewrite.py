"""Rules that rewrite a right answer into another right one, as another student would have written it.

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
from autograder.checks.demands import UNCHANGED

__all__ = ["ANSWER", "RULES", "SOLUTION", "Rule"]

LARGE, ONES = "large numbers", "sizes of 1"
ANSWER, SOLUTION = "every right answer", "the model solution"
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


def _expressions(change: Change) -> Callable[[ast.Module, str, Contract | None], None]:
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


def _by_pattern(name: str, *patterns: str) -> Callable[[ast.Module, str, Contract | None], None]:
    """Return the edit that puts a call `name(X)` in the place of every expression that fits one of the patterns."""

    def change(node: ast.expr) -> ast.expr | None:
        for pattern in patterns:
            if (found := _same(node, pattern)) is not None:
                return _called(name, found["X"])
        return None

    return _expressions(change)


TANH = _by_pattern("own_tanh", "np.tanh(X)", "torch.tanh(X)")
SIGMOID = _by_pattern(
    "own_sigmoid",
    *("sigmoid(X)", "torch.sigmoid(X)", "0.5 * (1 + np.tanh(0.5 * X))", "0.5 * (1 + np.tanh(X / 2))"),
    *("1 / (1 + np.exp(-X))", "np.exp(-np.logaddexp(0, -X))"),
)


def _product(node: ast.expr) -> ast.expr | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return _called("own_product", node.left, node.right)
    return None


def _products(tree: ast.Module, function: str, contract: Contract | None) -> None:
    if not _uses(tree, "torch"):
        _Replace(_product).visit(tree)


def _is_largest(node: ast.AST) -> bool:
    """Return whether it is the largest along an axis, as one array for each of the others."""
    text = ast.unparse(node)
    return isinstance(node, ast.Call | ast.Subscript) and (".max(" in text.replace("np.max(", ".max("))


def _unshifted(tree: ast.Module, function: str, contract: Contract | None) -> None:
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


def _log_of_softmax(node: ast.expr) -> ast.expr | None:
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


def _at_the_start(tree: ast.Module, function: str, contract: Contract | None) -> None:
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


def _in_place(tree: ast.Module, function: str, contract: Contract | None) -> None:
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


def _packed(*kinds: str, fewest: int = 1) -> Callable[[ast.Module, str, Contract | None], None]:
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


def _into_the_argument(tree: ast.Module, function: str, contract: Contract | None) -> None:
    """Write what is like an argument into that argument, and return it."""
    parts = contract.returns.values() if contract is not None else ()
    alike = [part.argument if isinstance(part, Like) else "None" for part in parts]
    for node in _functions(tree, function) if contract is not None and set(alike) - {"None"} else ():
        given = dict(zip(contract.takes, (each.arg for each in node.args.args)))
        where = ast.parse(f"({', '.join(given.get(name, name) for name in alike)},)", mode="eval").body
        _Returns(lambda value, where=where: _called("written", value, where)).visit(node)


PACKED = """
def packed(result, which):
    def each(value):
        if isinstance(value, dict):
            return {{key: each(item) for key, item in value.items()}}
        if isinstance(value, list) and value and isinstance(value[0], tuple):
            return [tuple(each(item) for item in pair) for pair in value]
        return one(value)
    parts = [result] if len(which) == 1 else list(result)
    parts = [each(part) if changes else part for part, changes in zip(parts, which)]
    return parts[0] if len(which) == 1 else tuple(parts)
"""
WRITTEN = """
def written(result, where):
    parts = [result] if len(where) == 1 else list(result)
    for k, argument in enumerate(where):
        if argument is not None:
            for key in argument:
                argument[key][...] = parts[k][key]
            parts[k] = argument
    return parts[0] if len(where) == 1 else tuple(parts)
"""
CAST = """
def cast(value):
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.{dtype})
    if isinstance(value, dict):
        return {{key: cast(item) for key, item in value.items()}}
    return type(value)(map(cast, value)) if type(value) in (tuple, list) else value
"""
SIGNS = """
def own_sigmoid(a):
    a = np.asarray(a)
    out, up = np.empty_like(a), a >= 0
    out[up] = 1 / (1 + np.exp(-a[up]))
    e = np.exp(a[~up])
    out[~up] = e / (1 + e)
    return out
"""
EINSUM = """
def own_product(a, b):
    if np.ndim(b) == 1:
        return np.einsum("...j,j->...", a, b)
    if np.ndim(a) == 1:
        return np.einsum("j,...jk->...k", a, b)
    return np.einsum("...ij,...jk->...ik", a, b)
"""
LOOPS = """
def own_product(a, b):
    a, b = np.asarray(a), np.asarray(b)
    if b.ndim == 1:
        return sum(a[..., j] * b[j] for j in range(len(b)))
    if a.ndim == 1:
        return own_product(a[None], b)[..., 0, :]
    return sum(a[..., :, j, None] * b[..., None, j, :] for j in range(a.shape[-1]))
"""
DOT = """
def own_product(a, b):
    return np.dot(a, b) if np.ndim(b) < 3 else np.matmul(a, b)
"""
ARRAYS, DICTS = ("array", "flat", "number", "ids"), ("dict", "list")


def _own_tanh(form: str) -> str:
    return f"def own_tanh(z):\n    exp = {{lib}}.exp\n    return {form}\n"


def _own_sigmoid(form: str) -> str:
    return f"def own_sigmoid(a):\n    exp, tanh = {{lib}}.exp, {{lib}}.tanh\n    return {form}\n"


def _one(body: str, *kinds: str, name: str, may_lose: tuple[str, ...] = ()) -> Rule:
    return Rule(name, _packed(*kinds), f"{PACKED}\ndef one(value):\n    return {body}\n", may_lose, SOLUTION)


RULES = (
    Rule("tanh as a ratio of exponentials", TANH, _own_tanh("(exp(z) - exp(-z)) / (exp(z) + exp(-z))"), (LARGE,)),
    Rule("tanh from exp(-2z)", TANH, _own_tanh("(1 - exp(-2 * z)) / (1 + exp(-2 * z))"), (LARGE,)),
    Rule("tanh from exp(2z)", TANH, _own_tanh("(exp(2 * z) - 1) / (exp(2 * z) + 1)"), (LARGE,), SOLUTION),
    Rule("tanh from the logistic function", TANH, _own_tanh("2 / (1 + exp(-2 * z)) - 1"), (LARGE,), SOLUTION),
    Rule("sigmoid from exp(-a)", SIGMOID, _own_sigmoid("1 / (1 + exp(-a))"), (LARGE,)),
    Rule("sigmoid from exp(a)", SIGMOID, _own_sigmoid("exp(a) / (1 + exp(a))"), (LARGE,)),
    Rule("sigmoid from tanh", SIGMOID, _own_sigmoid("0.5 * (1 + tanh(a / 2))"), tried_on=SOLUTION),
    Rule("sigmoid by the sign", SIGMOID, SIGNS, tried_on=SOLUTION),
    Rule("softmax without a shift", _unshifted, "def without(largest):\n    return np.zeros_like(largest)\n", (LARGE,)),
    Rule("logarithm of the softmax", _expressions(_log_of_softmax), may_lose=(LARGE,)),
    Rule("np.dot", _products, DOT, tried_on=SOLUTION),
    Rule("einsum", _products, EINSUM),
    Rule("loops", _products, LOOPS, tried_on=SOLUTION),
    Rule("float32 inside", _at_the_start, CAST.replace("{dtype}", "float32")),
    Rule("float64 inside", _at_the_start, CAST.replace("{dtype}", "float64"), tried_on=SOLUTION),
    Rule("in place", _in_place, "", (UNCHANGED,)),
    Rule("into the argument", _into_the_argument, WRITTEN, (UNCHANGED,), SOLUTION),
    _one("np.squeeze(value)", "array", "flat", "number", "dict", name="squeezed", may_lose=(ONES,)),
    _one("np.reshape(value, -1)", "flat", "ids", name="reshape(-1)"),
    _one("np.asarray(value).tolist()", *ARRAYS, *DICTS, name="as lists"),
    _one('np.array(value, order="F")', *ARRAYS, *DICTS, name="in Fortran order"),
    _one("np.asarray(value, np.float32) if np.asarray(value).dtype.kind == 'f' else value", *ARRAYS, *DICTS,
         name="as float32"),
    _one("np.broadcast_to(value, np.shape(value))", *ARRAYS, *DICTS, name="read-only"),
    _one("np.asarray(value).item()", "number", name="numbers of Python"),
    _one("np.asarray(value)", "number", name="numbers as arrays"),
    Rule("as a list of results", _packed("own", *DICTS, *ARRAYS, fewest=2), "def packed(result, which):\n"
         "    return list(result)\n", tried_on=SOLUTION),
    Rule("as an OrderedDict", _packed("dict"), "from collections import OrderedDict\n\n\ndef packed(result, which):\n"
         "    parts = [result] if len(which) == 1 else list(result)\n"
         "    parts = [OrderedDict(part) if changes else part for part, changes in zip(parts, which)]\n"
         "    return parts[0] if len(which) == 1 else tuple(parts)\n", tried_on=SOLUTION),
)  # fmt: skip
