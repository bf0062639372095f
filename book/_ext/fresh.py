"""Run a page's cells, and draw its charts, again when something that they are made from has changed.

Sphinx reads a page again when a file that is noted for it is newer. The cache of executed pages looks at the text of
the cells and at the front matter's `kernelspec` alone, so that block gets one more entry: a hash of all these files.
"""

from __future__ import annotations

import ast
import hashlib
import re
from functools import cache
from pathlib import Path

__all__ = ["files_behind", "on_source", "setup"]

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ("results/*.json", "benchmarks/results/*.json")
CELL = re.compile(r"^`{3,}\{code-cell\}[^\n]*\n(.*?)^`{3,}$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"^:[\w-]+:.*$", re.MULTILINE)
HEADER = re.compile(r"    extension: \.md\n(.*?)kernelspec:\n", re.DOTALL)
"""The hash takes the place of a line that only jupytext reads, so that warnings name the right line of a page."""


@cache
def mentioned(code: str) -> frozenset[str]:
    """Return what a piece of code imports, with all its strings: a module or a file may be asked for by its name."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w.]+", node.value):
            found.add(node.value)
    return frozenset(found)


def found_under(name: str, folder: Path) -> list[Path]:
    """Return the files of the course that a name stands for: a file beside the code, or a module with its packages."""
    parts = name.split(".")
    above = [ROOT.joinpath(*parts[:k], "__init__.py") for k in range(1, len(parts) + 1)]
    return [path for path in [folder / name, *above, ROOT.joinpath(*parts).with_suffix(".py")] if path.is_file()]


@cache
def files_behind(code: str, folder: Path) -> tuple[Path, ...]:
    """Return every file of the course that some code, which runs in `folder`, imports or reads, directly or not."""
    seen, unread = set(), [(code, folder)]
    while unread:
        text, place = unread.pop()
        for name in mentioned(text):
            for path in set(found_under(name, place)) - seen:
                seen.add(path)
                if path.suffix == ".py":
                    unread.append((path.read_text(encoding="utf-8"), path.parent))
    if ".json" in code:
        seen |= {path for pattern in RESULTS for path in ROOT.glob(pattern)}
    return tuple(sorted(seen))


def digest(paths: tuple[Path, ...]) -> str:
    """Return a hash of the names and the contents of files."""
    each = (f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in paths)
    return hashlib.sha256("".join(each).encode()).hexdigest()


def on_source(app, docname: str, source: list[str]) -> None:
    """Note for Sphinx what a page's cells are made from, and write its hash where the cache looks."""
    cells = [OPTION.sub("", cell) for cell in CELL.findall(source[0])]
    if not cells:
        return
    paths = files_behind("\n".join(cells), Path(app.srcdir, docname).parent)
    for path in paths:
        app.env.note_dependency(str(path))
    source[0], changed = HEADER.subn(rf"\1kernelspec:\n  made_from: {digest(paths)}\n", source[0], count=1)
    if not changed:
        raise ValueError(f"{docname}: a page with cells begins with the block `jupytext: ... kernelspec: ...`")


def setup(app) -> dict:
    """Register with Sphinx. A change in any extension makes it read all pages again."""
    app.connect("source-read", on_source)
    extensions = digest(tuple(sorted(Path(__file__).parent.glob("*.py"))))
    return {"env_version": int(extensions[:12], 16), "parallel_read_safe": True}
