"""Take out what the theme puts on every page and no page needs.

Font Awesome comes twice: as a script that draws every icon there is, half a megabyte compressed, and as a font with a
style sheet, a third of that. Without the script the font shows the same icons.
"""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["on_finish", "setup"]

SCRIPT = re.compile(r'\s*<script defer src="[^"]*_static/scripts/fontawesome\.js[^"]*"></script>')


def on_finish(app, error) -> None:
    """Remove the script from the pages, and its files."""
    if error or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        lean = SCRIPT.sub("", text)
        if lean != text:
            page.write_text(lean, encoding="utf-8")
    for file in (Path(app.outdir) / "_static" / "scripts").glob("fontawesome.js*"):
        file.unlink()


def setup(app) -> dict:
    """Register with Sphinx."""
    app.connect("build-finished", on_finish)
    return {"parallel_read_safe": True}
