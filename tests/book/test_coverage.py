"""The table that leads from the notes to the book: each target is there, and every erratum and chapter is named."""

from __future__ import annotations

import re
from pathlib import Path

BOOK = Path(__file__).resolve().parents[2] / "book"


def slugs(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the book makes them."""
    found = set()
    for title in re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE):
        text = re.sub(r"[^\w\s-]", "", title.lower())
        found.add(re.sub(r"\s+", "-", text.strip()))
    return found


def test_each_line_of_the_notes_leads_to_a_section_that_exists():
    rows = [line for line in (BOOK / "coverage.md").read_text().splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 29
    for row in rows:
        targets = re.findall(r"\]\(([\w/]+\.md)(?:#([\w-]+))?\)", row)
        assert targets, row
        for page, anchor in targets:
            assert (BOOK / page).is_file(), (page, row)
            assert not anchor or anchor in slugs(BOOK / page), (page, anchor, sorted(slugs(BOOK / page)))


def test_every_erratum_is_in_the_table_and_on_its_page():
    numbers = {
        int(k)
        for row in re.findall(r"\| ([\d, ]+) \|$", (BOOK / "coverage.md").read_text(), re.MULTILINE)
        for k in row.split(",")
    }
    assert numbers == set(range(1, 27))
    assert numbers == {int(k) for k in re.findall(r"^## (\d+)\.", (BOOK / "errata.md").read_text(), re.MULTILINE)}


def test_every_chapter_but_what_came_after_the_notes_is_a_target():
    text = (BOOK / "coverage.md").read_text()
    chapters = {page.parent.name for page in BOOK.glob("ch*/index.md")} - {"ch11_after"}
    assert {chapter for chapter in chapters if chapter not in text} == set()
