"""The built book, once for all tests here; what `make book` built is used while it is newer than its sources."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "_build" / "html"


def is_fresh() -> bool:
    """Return whether `make book` would find nothing to do."""
    return not subprocess.run(["make", "--question", "_build/html/.ready"], cwd=ROOT, capture_output=True).returncode


@pytest.fixture(scope="session")
def book(tmp_path_factory) -> Path:
    """Return the folder of the built pages."""
    if is_fresh():
        return BUILT
    place = tmp_path_factory.mktemp("book")
    subprocess.run([sys.executable, "-m", "tools.vendor"], cwd=ROOT, check=True, timeout=200)
    subprocess.run([sys.executable, "-m", "rnncore", "--compile"], cwd=ROOT, check=True, timeout=200)
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "book", "--config", "_config.yml"]
    cache = ROOT / "_build" / ".jupyter_cache"
    if cache.exists():
        shutil.copytree(cache, place / "_build" / ".jupyter_cache")
    done = subprocess.run(
        [*command, "--path-output", str(place), "-W", "-n", "--keep-going"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return place / "_build" / "html"


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
