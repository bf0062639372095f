"""Where an equation stands in the book, as the book shows it: its number, the title of its page, an address.

The places are written by `python -m tools.equations`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from autograder.checks.english import listed

__all__ = ["address", "built", "named", "published", "reread", "shown"]

HERE = Path(__file__).resolve()
LABELS = re.compile(r'(?:"[^"]*", )?equations? ((?:[a-z0-9]+-[a-z0-9-]+|[a-z]+)(?:(?:, | and )[a-z0-9]+-[a-z0-9-]+)*)')


@cache
def _places() -> dict[str, dict[str, str]]:
    return json.loads(HERE.with_name("equations.json").read_text(encoding="utf-8"))


def named(label: str, page: str = "") -> str:
    """Return "equation (1.1) in “One step”". An equation that the book does not have keeps its label."""
    return shown([label]) or f"equation {label}" + f" on the page {page}" * bool(page)


def address(label: str, book: str) -> str:
    """Return the address of an equation in the book that lies there, or nothing where there is none."""
    place = _places().get(label)
    return f"{book.rstrip('/')}/{place['address']}" if place and book else ""


def published() -> str:
    """Return where the book is published, as RNN_COURSE_BOOK says; nothing if it does not."""
    return os.environ.get("RNN_COURSE_BOOK", "")


def built() -> str:
    """Return the address of the book for a person at this machine: of the one built here, or the published one."""
    pages = HERE.parents[2] / "_build" / "html"
    return pages.as_uri() if (pages / "intro.html").is_file() else published()


def reread(text: str) -> str:
    """Return a text whose mentions of a page and labels are as the book shows them.

    “"One step", equation rnn-step” becomes “equation (1.1) in “One step””; several of one page are joined.
    """
    return LABELS.sub(_shown, text)


def shown(labels: Sequence[str]) -> str:
    """Return several equations as the book shows them, those of one page together; nothing if it lacks one."""
    of_page: dict[str, list[str]] = {}
    for label in labels:
        if label not in _places():
            return ""
        place = _places()[label]
        of_page.setdefault(place["title"], []).append(f"({place['number']})")
    several = ((title, f"equation{'s' * (len(numbers) > 1)} {listed(numbers)}") for title, numbers in of_page.items())
    return listed([f"{equations} in “{title}”" for title, equations in several])


def _shown(found: re.Match) -> str:
    return shown(re.split(r", | and ", found[1])) or found[0]
