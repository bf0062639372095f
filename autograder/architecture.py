"""The rooms of the grader: who may import whom, and so what a verdict depends on.

A room is a folder of this package or a file beside them. The tests hold the imports to this table. The batch asks it
which files can change a verdict: work is graded again when one of these changes its meaning, and not for a comment.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

__all__ = ["PACKAGE", "ROOMS", "imports", "meaning", "reached", "sources"]

PACKAGE = Path(__file__).resolve().parent
ROOMS: dict[str, set[str]] = {
    "startup": set(),
    "architecture": set(),
    "course": set(),
    "files": set(),
    "notebook": set(),
    "percent": set(),
    "inside": set(),
    "live": set(),
    "sandbox": {"inside"},
    "checks": {"inside", "percent"},
    "card": {"checks"},
    "student": {"card", "checks", "live", "notebook"},
    "judge": {"checks", "inside", "notebook", "sandbox"},
    "build": {"checks", "course", "percent", "sandbox"},
    "selfcheck": {"checks", "notebook", "sandbox"},
    "selfcheck_child": {"checks", "inside"},
    "gradebook": {"checks", "course", "files", "notebook"},
    "batch": {"architecture", "checks", "course", "files", "gradebook", "judge", "sandbox", "startup"},
    "lms": {"course", "files", "gradebook"},
    "reports": {"build", "checks", "course", "files", "gradebook", "judge", "lms", "notebook"},
    "quality": {
        "architecture",
        "build",
        "checks",
        "course",
        "files",
        "gradebook",
        "inside",
        "judge",
        "notebook",
        "percent",
        "sandbox",
    },
}
"""What each room may import, besides itself. `__init__`, `__main__` and the old name `mutants` are doors."""


def sources(room: str) -> list[Path]:
    """Return the Python files of a room and of all rooms that it may import, in order."""
    order, wanted = list(TopologicalSorter(ROOMS).static_order()), {room}
    for name in reversed(order):
        wanted |= ROOMS[name] if name in wanted else set()
    files = [PACKAGE / f"{name}.py" for name in order if name in wanted]
    return [
        path for file in files for path in ([file] if file.is_file() else sorted(file.with_suffix("").rglob("*.py")))
    ]


@cache
def imports(path: Path) -> frozenset[str]:
    """Return the full names of all that a file imports, wherever in the file, by whole or relative names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            home = path.relative_to(PACKAGE.parent).parts[: -node.level] if node.level else ()
            base = ".".join([*home, node.module])
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return frozenset(found)


def reached(paths: Iterable[Path], *packages: str) -> list[Path]:
    """Return the files of packages beside this one, or of folders in it, that these files import, at any remove."""
    left, seen = list(paths), set[Path]()
    while left:
        for name in imports(left.pop()):
            if f"{name}.".startswith(tuple(f"{package}." for package in packages)):
                base = PACKAGE.parent.joinpath(*name.split("."))
                new = {path for path in (base / "__init__.py", base.with_suffix(".py")) if path.is_file()} - seen
                seen |= new
                left += new
    return sorted(seen)


@cache
def meaning(path: Path) -> bytes:
    """Return what a file says to a machine: of Python the tree without comments, layout and docstrings."""
    if path.suffix != ".py":
        return path.read_bytes()
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        match node:  # a text alone is all that a docstring is, and elsewhere does nothing
            case (
                ast.Module(body=[ast.Expr(ast.Constant(str())), *rest])
                | ast.ClassDef(body=[ast.Expr(ast.Constant(str())), *rest])
                | ast.FunctionDef(body=[ast.Expr(ast.Constant(str())), *rest])
            ):
                node.body = rest
    return ast.dump(tree).encode()
