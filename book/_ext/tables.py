"""A directive that shows a table which is made, line by line, of files that the book does not write itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

__all__ = ["MadeTable"]


class MadeTable(SphinxDirective):
    """A table in Markdown. The page is read again when a file changes of which it is made."""

    @abstractmethod
    def files(self) -> Iterable[Path]:
        """Return what the table is made of."""

    @abstractmethod
    def lines(self) -> list[str]:
        """Return the table."""

    def run(self) -> list[nodes.Node]:
        """Return the table as nodes."""
        for path in self.files():
            self.env.note_dependency(str(path))
        box = nodes.container()
        self.state.nested_parse(StringList(self.lines()), self.content_offset, box)
        return box.children
