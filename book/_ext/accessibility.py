"""Correct what Sphinx and its extensions write into pages and a screen reader would stumble over."""

from __future__ import annotations

__all__ = ["on_page", "setup"]

RIGHT = {'role="doc-biblioentry"': 'role="listitem"'}
"""An entry of a bibliography stands in a list, and its own role is deprecated in DPUB-ARIA 1.1."""


def on_page(app, pagename, templatename, context, doctree) -> None:
    """Replace each text of RIGHT in the page's body."""
    for old, new in RIGHT.items():
        context["body"] = context.get("body", "").replace(old, new)


def setup(app) -> dict:
    """Register with Sphinx."""
    app.connect("html-page-context", on_page)
    return {"parallel_read_safe": True}
