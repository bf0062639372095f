"""Every equation has one home: book labels and docstring labels agree, in both directions."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "book").rglob("*.md"))
SOURCES = sorted([*(ROOT / "rnncore").rglob("*.py"), *(ROOT / "solutions").glob("*.py")])


def book_labels() -> Counter:
    """Return how often each label is given to a display equation."""
    pattern = re.compile(r"^`{3,}\{math\}\n:label:[ ]*(\S+)$", re.MULTILINE)
    return Counter(label for page in PAGES for label in pattern.findall(page.read_text()))


def docstring_labels() -> dict[str, list[str]]:
    """Return the files that name each label in a line `Equation: label, label`."""
    found: dict[str, list[str]] = {}
    for source in SOURCES:
        for line in re.findall(r"^\s*Equation: (.+)$", source.read_text(), re.MULTILINE):
            for label in line.split(","):
                found.setdefault(label.strip(), []).append(source.name)
    return found


def test_a_label_is_given_once():
    labels = book_labels()
    assert labels, "no labelled equation was found in the book"
    assert [label for label, count in labels.items() if count > 1] == []


def test_every_label_in_a_docstring_is_in_the_book():
    labels = book_labels()
    assert {label: files for label, files in docstring_labels().items() if label not in labels} == {}


def test_every_equation_of_the_book_with_code_behind_it_is_named_there():
    named = docstring_labels()
    assert [label for label in book_labels() if not label.startswith("math-") and label not in named] == []


def test_code_cells_are_short():
    pattern = re.compile(r"```\{code-cell\}.*?\n(.*?)```", re.DOTALL)
    sizes = sorted(
        (len(cell.strip().splitlines()), page.name) for page in PAGES for cell in pattern.findall(page.read_text())
    )
    assert sizes[-1][0] <= 25, sizes[-3:]
    assert sizes[len(sizes) // 2][0] <= 8
