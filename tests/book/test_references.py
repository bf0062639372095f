"""The bibliography: every source can be followed to a public record, and every citation has its source."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from pybtex.database import parse_file
from pybtex.plugin import find_plugin

BOOK = Path(__file__).resolve().parents[2] / "book"
ENTRIES: dict[str, Any] = dict(parse_file(BOOK / "references.bib").entries)  # pybtex names no types
DOI = re.compile(r"10\.\d{4,9}/[^\s{}]+")
CITATION = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")


def is_address(url: str) -> bool:
    """Return whether a URL is one that a browser opens over an encrypted connection."""
    parts = urlsplit(url)
    return parts.scheme == "https" and "." in parts.netloc and parts.path != "" and not re.search(r"[\s{}\\]", url)


def faults(entry: Any) -> list[str]:
    """Return what an entry lacks, and which of its links are not well formed."""
    found = [name for name in ("title", "year") if not entry.fields.get(name, "").strip()]
    if not entry.persons.get("author"):
        found.append("author")
    if not re.fullmatch(r"\d{4}", entry.fields.get("year", "")):
        found.append("a year of four digits")
    if not {"doi", "url"} & set(entry.fields):
        found.append("doi or url")
    if "doi" in entry.fields and not DOI.fullmatch(entry.fields["doi"]):
        found.append(f"a well-formed doi, not {entry.fields['doi']}")
    if "url" in entry.fields and not is_address(entry.fields["url"]):
        found.append(f"a well-formed url, not {entry.fields['url']}")
    return found


def cited() -> dict[str, list[str]]:
    """Return for each key the pages that cite it."""
    pages: dict[str, list[str]] = {}
    for page in sorted(BOOK.rglob("*.md")):
        for keys in CITATION.findall(page.read_text()):
            for key in keys.split(","):
                pages.setdefault(key.strip(), []).append(page.name)
    return pages


@pytest.mark.parametrize("key", sorted(ENTRIES))
def test_an_entry_names_its_work_and_where_to_find_it(key):
    assert faults(ENTRIES[key]) == []


def test_no_two_entries_lead_to_the_same_record():
    links = [entry.fields.get("doi", entry.fields.get("url", "")).lower() for entry in ENTRIES.values()]
    assert sorted(link for link in set(links) if links.count(link) > 1) == []


def test_every_citation_has_its_entry():
    pages = cited()
    assert len(pages) > 40, "the citations were not found: has their syntax changed?"
    assert {key: names for key, names in pages.items() if key not in ENTRIES} == {}


def test_the_style_of_the_book_makes_links_of_them():
    name = yaml.safe_load((BOOK.parent / "_config.yml").read_text())["sphinx"]["config"]["bibtex_default_style"]
    style: Any = find_plugin("pybtex.style.formatting", name)()
    backend = find_plugin("pybtex.backends", "html")()
    for formatted in style.format_entries(ENTRIES.values()):
        fields = ENTRIES[formatted.key].fields
        address = f"https://doi.org/{fields['doi']}" if "doi" in fields else fields["url"]
        assert f'href="{address}"' in formatted.text.render(backend)


def test_every_entry_is_cited_and_every_citation_has_an_entry():
    assert sorted(set(ENTRIES) ^ set(cited())) == []
