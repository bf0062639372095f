"""The page and the figure of the recipes in CONTRIBUTING.md are taken out of it, and built as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
(PAGE,) = re.findall(r"^````markdown\n(.*?)^````$", TEXT, re.MULTILINE | re.DOTALL)
FIGURE = re.findall(r"## Add a figure.*?^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)[0]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_page_and_the_figure_of_the_recipes_build(bare_book, build):
    (bare_book / "book" / "_toc.yml").write_text("format: jb-book\nroot: intro\nchapters:\n  - file: page\n")
    (bare_book / "book" / "figures" / "running_mean.py").write_text(FIGURE)
    page = bare_book / "book" / "page.md"

    page.write_text(PAGE)
    status, said = build(bare_book)
    assert status == 0, said[-3000:]
    built = (bare_book / "_build" / "html" / "page.html").read_text()
    assert 'id="chart-running_mean"' in built and "number, and mean so far" in built
    assert 'id="equation-math-running-mean"' in built

    for text, complaint in [
        (PAGE.replace("mean - x.mean()", "mean - x.max()"), "AssertionError"),
        (re.sub(r"^:alt: .*\n", "", PAGE, flags=re.MULTILINE), "expected :alt:"),
        (PAGE.replace("{chart} running_mean", "{chart} other"), "the name of a file in book/figures/"),
        (PAGE.replace("kernelspec:", "kernel:"), "begins with the block"),
    ]:
        page.write_text(text)
        status, said = build(bare_book)
        assert status and complaint in said, said[-3000:]


def test_the_recipes_name_files_that_are_there():
    recipes = TEXT[TEXT.index("## Add a page") : TEXT.index("## Add a cell")]
    for name in re.findall(r"`(test_\w+\.py)`", recipes):
        assert (ROOT / "tests" / "book" / name).exists(), name
    for name in re.findall(r"`((?:book|tests)/[\w/.]+)`", recipes):
        assert "NN" in name or "NAME" in name or (ROOT / name).exists(), name


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_name_of_an_exercise_leads_to_the_box_of_its_assignment(bare_book, build):
    (bare_book / "book" / "_toc.yml").write_text(
        "format: jb-book\nroot: intro\nchapters:\n  - file: page\n  - file: other\n"
    )
    (bare_book / "_config.yml").write_text((ROOT / "_config.yml").read_text())
    (bare_book / "book" / "page.md").write_text("# A page\n\nYou can step ({exercise}`rnn_step`).\n")
    (bare_book / "book" / "other.md").write_text("# The other\n\n```{assignment} ch01_rnn\n```\n")
    status, said = build(bare_book)
    assert status == 0, said[-3000:]
    pages = bare_book / "_build" / "html"
    assert 'href="other.html#assignment-ch01-rnn"' in (pages / "page.html").read_text()
    assert 'id="assignment-ch01-rnn"' in (pages / "other.html").read_text()

    (bare_book / "book" / "page.md").write_text("# A page\n\n{exercise}`rnn_stop`\n")
    status, said = build(bare_book)
    assert status and "got 'rnn_stop', expected one that" in said, said[-3000:]
