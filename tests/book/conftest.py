"""The built book, once for all tests here; what `make book` built is used while it is newer than its sources."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "_build" / "html"
JUPYTER_BOOK = str(Path(sys.executable).with_name("jupyter-book"))
COMMAND = [JUPYTER_BOOK, "build", "book", "--config", "_config.yml", "--path-output"]
STRICT = ["-W", "-n", "--keep-going"]


def is_fresh() -> bool:
    """Return whether `make book` would find nothing to do."""
    return not subprocess.run(["make", "--question", "_build/html/.ready"], cwd=ROOT, capture_output=True).returncode


def build_pages(place: Path) -> None:
    """Build the pages below a folder."""
    subprocess.run([sys.executable, "-m", "tools.vendor"], cwd=ROOT, check=True)
    subprocess.run([sys.executable, "-m", "rnncore", "--compile"], cwd=ROOT, check=True)
    cache = ROOT / "_build" / ".jupyter_cache"
    if cache.exists():
        shutil.copytree(cache, place / "_build" / ".jupyter_cache")
    done = subprocess.run([*COMMAND, str(place), *STRICT], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


@pytest.fixture(scope="session")
def book(tmp_path_factory, worker_id) -> Path:
    """Return the folder of the built pages; several processes that test build them once."""
    if is_fresh():
        return BUILT
    alone = worker_id == "master"
    place = (tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent) / "book"
    place.mkdir(exist_ok=True)
    with open(place / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "built").exists():
            build_pages(place)
            (place / "built").touch()
    return place / "_build" / "html"


@pytest.fixture
def bare_book(tmp_path) -> Path:
    """Return a folder that holds the book's configuration and extensions, and a first page alone."""
    shutil.copytree(ROOT / "book" / "_ext", tmp_path / "book" / "_ext", ignore=shutil.ignore_patterns("__pycache__"))
    without_grader = re.sub(r"    assignments: .*\n", "", (ROOT / "_config.yml").read_text())
    (tmp_path / "_config.yml").write_text(without_grader)
    empty = (
        "references.bib",
        "_static/course.css",
        "_static/favicon.svg",
        "_static/logo.svg",
        "_static/social-card.png",
    )
    for name, text in {"intro.md": "# Intro\n", **dict.fromkeys(empty, "")}.items():
        (tmp_path / "book" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "book" / name).write_text(text)
    (tmp_path / "book" / "figures").mkdir()
    return tmp_path


@pytest.fixture
def build():
    """Return a function that builds a folder's book, with the `rnncore` that lies under another folder."""

    def build(place: Path, root: Path = ROOT) -> tuple[int, str]:
        environment = {**os.environ, "PYTHONPATH": str(root)}
        done = subprocess.run([*COMMAND, ".", *STRICT], cwd=place, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    return build


@pytest.fixture(scope="module")
def browser():
    """Start the system's Chromium, or skip the test where there is none."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("no Chromium at /usr/bin/chromium")
    with playwright.sync_playwright() as p:
        opened = p.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        yield opened
        opened.close()
