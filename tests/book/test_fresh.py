"""A second build runs what has changed and nothing else, though the cells of a page are the same as before."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOC = "format: jb-book\nroot: intro\nchapters:\n  - file: steps\n  - file: numbers\n"
HEADER = (ROOT / "book" / "ch01_rnn" / "step.md").read_text().split("\n# ")[0]
STEPS = """
# Steps

```{code-cell} ipython3
from pathlib import Path
import numpy as np
from rnncore.cells.gru import gru_forward

(h,), _ = gru_forward(np.ones((3, 1, 2)), np.ones((3, 1, 2)), (np.zeros((1, 2)),), (np.zeros(2),))
assert np.abs(h).max() < 1
Path("../runs").open("a").write("steps ")
```

```{chart} bars
:alt: a bar
Its length.
```
"""
NUMBERS = """
# Numbers

```{code-cell} ipython3
import json
from pathlib import Path

stored = json.loads(Path("../results/stored.json").read_text())
Path("../runs").open("a").write("numbers ")
```
"""
BARS = """
import altair as alt

def chart():
    return alt.Chart(alt.Data(values=[{"a": 1}])).mark_bar().encode(x="a:Q").properties(title="first title")
"""


@pytest.fixture(scope="module")
def extension():
    spec = importlib.util.spec_from_file_location("fresh_extension", ROOT / "book" / "_ext" / "fresh.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["rnncore", "rnncore.cells.gru", "rnncore.tasks.charlm", "rnncore.engines.cpu.engine"])
def test_all_that_python_imports_is_behind_a_page(extension, name):
    code = f"import sys, {name}; print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('rnncore')))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    loaded = {Path(path) for path in done.stdout.split()}
    found = set(extension.files_behind(f"import {name}", ROOT))
    assert loaded and loaded <= found


def test_what_a_page_does_not_use_is_not_behind_it(extension):
    found = {str(path.relative_to(ROOT)) for path in extension.files_behind("from rnncore.cells import GRU", ROOT)}
    assert "rnncore/cells/gru.py" in found and "rnncore/ops.py" in found
    assert not [path for path in found if path.startswith(("rnncore/tasks", "rnncore/models", "results"))]
    assert "results/jsb-chorales.json" in map(
        lambda path: str(path.relative_to(ROOT)), extension.files_behind("f'{name}.json'", ROOT)
    )


def test_a_file_that_a_module_reads_is_behind_a_page(extension):
    assert ROOT / "rnncore/data/registry.json" in extension.files_behind("import rnncore.data.corpora", ROOT)


def test_every_page_with_cells_can_carry_the_hash(extension):
    pages = [page for page in (ROOT / "book").rglob("*.md") if "{code-cell}" in page.read_text()]
    assert len(pages) > 30
    for page in pages:
        text = page.read_text()
        assert extension.HEADER.search(text), page
        assert len(extension.CELL.findall(text)) == text.count("{code-cell}"), page


@pytest.fixture
def small(bare_book) -> Path:
    """Return a repository of three pages, one figure and the whole package."""
    shutil.copytree(ROOT / "rnncore", bare_book / "rnncore", ignore=shutil.ignore_patterns("__pycache__"))
    (bare_book / "results").mkdir()
    (bare_book / "results" / "stored.json").write_text("1")
    for name, text in {
        "_toc.yml": TOC,
        "steps.md": HEADER + STEPS,
        "numbers.md": HEADER + NUMBERS,
        "figures/bars.py": BARS,
    }.items():
        (bare_book / "book" / name).write_text(text)
    return bare_book


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_second_build_runs_what_has_changed_and_nothing_else(small, build):
    runs, page, cell = small / "runs", small / "_build" / "html" / "steps.html", small / "rnncore" / "cells" / "gru.py"

    def ran() -> str:
        """Build the book, and return the names of the pages that were run, in order."""
        runs.write_text("")
        status, said = build(small, small)
        assert status == 0, said[-3000:]
        return " ".join(sorted(runs.read_text().split()))

    assert ran() == "numbers steps"
    assert ran() == ""

    (small / "results" / "stored.json").write_text("2")
    assert ran() == "numbers"

    (small / "book" / "figures" / "bars.py").write_text(BARS.replace("first title", "second title"))
    assert ran() == "" and "second title" in page.read_text()

    extension = small / "book" / "_ext" / "chart.py"
    extension.write_text(extension.read_text().replace('class="chart-view"', 'class="chart-view other"'))
    assert ran() == "" and "chart-view other" in page.read_text()

    whole = cell.read_text()
    cell.write_text(whole.replace("def gru_forward(", "def gru_forward(*_):\n    return 1 / 0\n\n\ndef _unused("))
    status, said = build(small, small)
    assert status and "ZeroDivisionError" in said and "steps.md" in said, said[-3000:]

    cell.write_text(whole)
    assert ran() == ""  # what it was before is in the cache
