"""The bibliography: whole entries, each with an address a reader can follow, and each cited on a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pybtex.backends.html import Backend
from pybtex.database import parse_file
from pybtex.style.formatting.plain import Style

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = parse_file(ROOT / "book" / "references.bib").entries
CITE = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
DOI = re.compile(r"10\.\d{4,9}/[\w.()/:;-]+")
URL = re.compile(r"https://[\w-]+(\.[\w-]+)+/[\w.~/?=-]+")
ARXIV = re.compile(r"https://arxiv\.org/abs/\d{4}\.\d{4,5}")


def cited() -> dict[str, set[str]]:
    """Return the pages that cite each key."""
    found: dict[str, set[str]] = {}
    for page in sorted((ROOT / "book").rglob("*.md")):
        for keys in CITE.findall(page.read_text()):
            for key in keys.split(","):
                found.setdefault(key.strip(), set()).add(page.name)
    return found


def rendered() -> dict[str, str]:
    """Return each reference in HTML, in the style that the book is set to."""
    assert yaml.safe_load((ROOT / "_config.yml").read_text())["sphinx"]["config"]["bibtex_default_style"] == "plain"
    return {entry.key: entry.text.render(Backend()) for entry in Style().format_entries(ENTRIES.values())}


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_has_authors_title_year_and_address(key):
    entry = ENTRIES[key]
    assert entry.persons["author"], "no author"
    assert entry.fields["title"].strip()
    year = re.fullmatch(r"(?:19|20)\d\d", entry.fields["year"])
    assert year and year[0] in key, f"{key} is of {entry.fields['year']}"
    addresses = {"doi", "url"} & set(entry.fields)
    assert len(addresses) == 1, "one address, a DOI where there is one"
    form = DOI if addresses == {"doi"} else URL
    assert form.fullmatch(entry.fields[addresses.pop()])


@pytest.mark.parametrize("key", ENTRIES)
def test_pages_are_a_range_that_rises(key):
    for first, last in re.findall(r"(\d+)\D+(\d+)", ENTRIES[key].fields.get("pages", "")):
        assert int(first) < int(last)


@pytest.mark.parametrize("key", ENTRIES)
def test_an_arxiv_number_stands_alike_in_an_entry(key):
    text = " ".join(ENTRIES[key].fields.values())
    if "arXiv:" in text or "arxiv.org" in text:
        assert ARXIV.fullmatch(ENTRIES[key].fields["url"])
        assert len(set(re.findall(r"\d{4}\.\d{4,5}", text))) == 1


def test_no_address_stands_twice():
    addresses = [entry.fields.get("doi", entry.fields.get("url")) for entry in ENTRIES.values()]
    assert sorted(set(addresses)) == sorted(addresses)


def test_every_reference_links_to_its_address():
    for key, html in rendered().items():
        fields = ENTRIES[key].fields
        address = f"https://doi.org/{fields['doi']}" if "doi" in fields else fields["url"]
        assert f'<a href="{address}">' in html, key


def test_what_pages_cite_and_what_is_listed_are_the_same():
    pages = cited()
    assert pages, "no citation was found"
    assert {key: sorted(where) for key, where in pages.items() if key not in ENTRIES} == {}
    assert sorted(set(ENTRIES) - set(pages)) == []
