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
