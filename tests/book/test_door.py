"""What leads readers in: icon, logo, description and card of every page, and, only where an address is set, the
repository, an edit to suggest and a sitemap.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import door
import pytest

from tests.book.test_pages import References

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "book" / "_static"
NOT_WRITTEN = ("genindex.html", "search.html", "py-modindex.html", "index.html")
"""Pages that nobody wrote; index.html only leads on to the first page."""
TOC = "format: jb-book\nroot: intro\nchapters:\n  - file: page\n"
PAGE = '# One "step"\n\nA state follows from the one before it, and from $x_t$.\n'


def tags(text: str) -> dict[str, str]:
    """Return the meta tags of a page by name."""
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', text)
    return dict(found)


def test_icon_and_logo_are_small_and_drawn_by_ourselves():
    for name in ("favicon.svg", "logo.svg"):
        text = (STATIC / name).read_text()
        assert len(text) < 1000 and ET.fromstring(text).tag.endswith("svg")
        assert "href" not in text and "<script" not in text


def test_the_card_has_the_size_that_is_expected():
    png = (STATIC / "social-card.png").read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", png[16:24]) == (1200, 630)
    assert len(png) < 100_000


def test_a_setting_is_in_the_configuration_or_in_the_environment(monkeypatch):
    for name in ("GITHUB_REPOSITORY", "RNN_COURSE_BOOK"):
        monkeypatch.delenv(name, raising=False)
    nothing = SimpleNamespace(course_repository="", course_address="")
    assert (door.repository(nothing), door.address(nothing)) == ("", "")
    both = SimpleNamespace(course_repository="a/b", course_address="https://a.github.io/b/")
    assert (door.repository(both), door.address(both)) == ("a/b", "https://a.github.io/b/")
    monkeypatch.setenv("GITHUB_REPOSITORY", "c/d")
    monkeypatch.setenv("RNN_COURSE_BOOK", "https://c.org/d")
    assert (door.repository(both), door.address(nothing)) == ("c/d", "https://c.org/d/")


@pytest.fixture
def built(bare_book, build, monkeypatch):
    """Return what builds a book of two pages with these settings, and the folder of its pages."""
    for name in ("GITHUB_REPOSITORY", "RNN_COURSE_BOOK"):
        monkeypatch.delenv(name, raising=False)
    (bare_book / "book" / "_toc.yml").write_text(TOC)
    (bare_book / "book" / "page.md").write_text(PAGE)

    def make(**settings: str) -> Path:
        config = (bare_book / "_config.yml").read_text()
        for name, value in settings.items():
            config, changed = re.subn(rf"{name}: \"\"", f'{name}: "{value}"', config)
            assert changed == 1
        (bare_book / "_config.yml").write_text(config)
        status, said = build(bare_book)
        assert status == 0, said[-3000:]
        return bare_book / "_build" / "html"

    return make


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_with_its_addresses_a_page_leads_to_the_repository_and_a_shared_link_has_a_picture(built):
    pages = built(course_repository="us/rnn", course_address="https://us.github.io/rnn")
    text = (pages / "page.html").read_text()
    assert 'href="https://github.com/us/rnn"' in text
    assert 'href="https://github.com/us/rnn/edit/main/book/page.md"' in text
    found = tags(text)
    assert found["og:url"] == "https://us.github.io/rnn/page.html"
    assert found["og:image"] == "https://us.github.io/rnn/_static/social-card.png"
    assert found["twitter:card"] == "summary_large_image"
    assert '<link rel="canonical" href="https://us.github.io/rnn/page.html"' in text
    (pages / "_static" / "social-card.png").stat()
    listed = [place.text for place in ET.parse(pages / "sitemap.xml").iter() if place.tag.endswith("loc")]
    assert sorted(map(str, listed)) == [f"https://us.github.io/rnn/{name}.html" for name in ("intro", "page")]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_without_addresses_there_is_no_link_that_leads_nowhere(built):
    pages = built()
    text = (pages / "page.html").read_text()
    assert "github.com" not in "".join(href for href in References(text).linked if "executablebooks" not in href)
    assert 'class="btn btn-sm btn-source' not in text and "source-edit-button" not in text
    assert 'rel="canonical"' not in text and not (pages / "sitemap.xml").exists()
    found = tags(text)
    assert found["description"] == found["og:description"] and found["description"].startswith("A state follows from")
    assert found["og:title"] == "One “step”" and found["og:site_name"] == "Recurrent neural networks"
    assert '<link rel="icon" href="_static/favicon.svg"' in text


def test_every_page_has_icon_logo_title_description_and_card(book):
    pages = [
        path for path in sorted(book.rglob("*.html")) if path.name not in NOT_WRITTEN and "_static" not in str(path)
    ]
    pages = [path for path in pages if path != book / "index.html"]  # which only leads on to the first page
    assert len(pages) > 50
    for path in pages:
        text = path.read_text(encoding="utf-8")
        found, up = tags(text), "../" * (len(path.relative_to(book).parts) - 1)
        assert f'href="{up}_static/favicon.svg"' in text and f'src="{up}_static/logo.svg"' in text, path
        assert re.search(r"<title>[^<]+</title>", text), path
        assert len(found["description"]) > 20, (path, found["description"])
        assert found["og:title"] and found["og:description"] and found["og:image"].endswith("social-card.png"), path
    for name in ("favicon.svg", "logo.svg", "social-card.png"):
        assert (book / "_static" / name).is_file()
