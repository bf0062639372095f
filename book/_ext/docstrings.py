"""Show the docstrings of the package on a page: plain text as it is written, equation labels as links."""

from __future__ import annotations

import re

__all__ = ["on_docstring", "setup", "shown", "skips"]


def shown(line: str) -> str:
    """Return one line of a docstring as reStructuredText."""
    labels = re.fullmatch(r"Equation: (.+)", line.strip())
    if labels:
        return "Equation " + ", ".join(f":eq:`{label.strip()}`" for label in labels[1].split(",")) + "."
    line = re.sub(r"`([\w.]+)`", r"``\1``", line)
    return line if ">>>" in line else re.sub(r"([*|])", r"\\\1", line)


def on_docstring(app, what, name, obj, options, lines) -> None:
    """Rewrite a docstring's lines in place; an example, from its first `>>>` to a blank line, stays as it is."""
    example, rewritten = False, []
    for line in lines:
        example = line.strip().startswith(">>>") or (example and bool(line.strip()))
        rewritten.append(line if example else shown(line))
        if line.strip().startswith("Equation: "):
            rewritten.append("")  # the labels are a paragraph of their own
    lines[:] = rewritten


def skips(app, what, name, obj, skip, options) -> bool | None:
    """Leave out the fields of a named tuple, which say nothing by themselves, and other packages' classes."""
    field = (getattr(obj, "__doc__", None) or "").startswith("Alias for field number")
    foreign = isinstance(obj, type) and obj.__module__.partition(".")[0] not in ("rnncore", "autograder")
    return True if field or foreign else None


def setup(app) -> dict:
    """Register with Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", on_docstring)
    app.connect("autodoc-skip-member", skips)
    return {"parallel_read_safe": True}
